import base64, hashlib, hmac


def customer_token(secret, customer, ends_at, groups=()):
    """Says who a customer is, until ends_at in unix seconds. secret is one of CUSTOMER_SECRETS."""
    base64url = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    text = f"dbc1.{base64url(customer.encode())}.{ends_at}.{base64url(','.join(groups).encode())}"
    return f"{text}.{base64url(hmac.digest(secret.encode(), text.encode(), hashlib.sha256))}"
