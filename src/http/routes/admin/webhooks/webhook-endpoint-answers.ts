import { randomBytes } from "node:crypto"
import { isoTime, isoTimeOrNull } from "../../../../domain/time.ts"
import type { WebhookEndpoint } from "../../../../store/reads/webhook-endpoints.ts"
import type { EndpointJson } from "../../../wire/webhook-schemas.ts"

/** The refusal of a request for an endpoint that does not exist. */
export const endpointNotFound = { code: "webhook_endpoint_not_found" } as const

/** The refusal of an endpoint's `url` that cannot be parsed. */
export const badEndpointUrl = {
  code: "invalid_request",
  errors: [{ pointer: "/url", detail: "must be a URL" }],
} as const

/** Makes a signing secret of 32 random bytes, as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`
}

/** An endpoint as the API shows it; its secret is not in it. */
export function endpointJson(endpoint: WebhookEndpoint): EndpointJson {
  return {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    types: endpoint.types === null ? null : [...endpoint.types],
    enabled: endpoint.enabled,
    include_details: endpoint.includeDetails,
    disabled_reason: endpoint.disabledReason,
    previous_secret_until: isoTimeOrNull(endpoint.previousSecretUntil),
    created_at: isoTime(endpoint.createdAt),
    updated_at: isoTime(endpoint.updatedAt),
  }
}
