/**
 * The largest message of a payment provider. Stripe allows 150,000 characters of evidence in a dispute, and JSON may
 * need six bytes for one of them.
 */
export const PROVIDER_BODY_LIMIT_BYTES = 1024 * 1024
