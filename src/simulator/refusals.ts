/** Every reason to refuse a request, with the HTTP status and the `error` code of the answer. */
export const refusals = {
  /** The store is full, or too many webhooks wait to be delivered. */
  full: [503, "full"],
  "payment not found": [404, "payment_not_found"],
  "payment not open": [409, "payment_not_open"],
  "payment not captured": [422, "payment_not_captured"],
  "more than captured": [422, "amount_too_high"],
  /** A payment is disputed at most once. */
  "disputed before": [409, "payment_disputed"],
  "no open dispute": [409, "dispute_not_open"],
  "refund not found": [404, "refund_not_found"],
  /** Only a refund that has succeeded can fail afterwards. */
  "refund not back": [409, "refund_not_back"],
  "wrong currency": [422, "wrong_currency"],
  "key reused": [422, "idempotency_key_reused"],
} as const

/** The reason for a refusal; it is the `detail` of the answer. */
export type Refusal = keyof typeof refusals
