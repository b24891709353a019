#!/bin/sh
# Sells one unit with curl: hold, order, payment. Usage: sh examples/buy.sh [product id [variant id]]
set -eu

engine=${DOORBUSTER_URL:-http://127.0.0.1:8000}
product=${1:-1}
variant=${2:-}

# request PATH [OPTION...]: prints the answer; ends the script with the problem document if the server refuses.
request() {
  path=$1
  shift
  answer=$(curl -sS --fail-with-body "$engine$path" "$@") || {
    echo "$answer" >&2
    exit 1
  }
  echo "$answer"
}

# post PATH BODY [OPTION...]: sends a JSON body, and prints the answer.
post() {
  path=$1 body=$2
  shift 2
  request "$path" -H 'Content-Type: application/json' -d "$body" "$@"
}

# field NAME: prints a field of the JSON on standard input. Enough for these answers; a program should parse JSON.
field() { sed -E 's/.*"'"$1"'":"?([^",}]*)"?.*/\1/'; }

# A product with variants, such as sizes, is sold by variant.
echo "Holding one unit of product $product${variant:+, variant $variant}"
hold=$(post /api/holds "{\"product_id\":$product,\"qty\":1${variant:+,\"variant_id\":$variant}}" -H "Idempotency-Key: hold-$$-$(date +%s)")
echo "$hold"

# The token gives access to the hold and to the order made from it: keep it secret.
token=$(echo "$hold" | field token)
hold_id=$(echo "$hold" | field hold_id)

echo "Ordering"
order=$(post /api/orders "{\"hold_id\":$hold_id}" -H "Authorization: Bearer $token")
echo "$order"

order_id=$(echo "$order" | field order_id)
total=$(echo "$order" | field total_minor)
currency=$(echo "$order" | field currency)

echo "Paying at the simulator, which sends the engine a webhook"
payment=$(post /simulator/payments "{\"order_id\":$order_id,\"amount_minor\":$total,\"currency\":\"$currency\"}")
post "/simulator/payments/$(echo "$payment" | field payment_id)/succeed" '{}' >/dev/null

for _ in 1 2 3 4 5 6 7 8 9 10; do
  order=$(request "/api/orders/$order_id" -H "Authorization: Bearer $token")
  status=$(echo "$order" | field status)
  echo "Order $order_id is $status"
  if [ "$status" = paid ]; then exit 0; fi
  sleep 0.5
done
exit 1
