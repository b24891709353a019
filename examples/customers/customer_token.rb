require "base64"
require "openssl"

# Says who a customer is, until ends_at in unix seconds. secret is one of CUSTOMER_SECRETS.
def customer_token(secret, customer, ends_at, groups = [])
  base64url = ->(text) { Base64.urlsafe_encode64(text, padding: false) }
  text = "dbc1.#{base64url.(customer)}.#{ends_at}.#{base64url.(groups.join(","))}"
  "#{text}.#{base64url.(OpenSSL::HMAC.digest("SHA256", secret, text))}"
end
