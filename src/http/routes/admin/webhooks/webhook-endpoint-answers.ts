import { randomBytes } from "node:crypto"
import { isoTime, isoTimeOrNull } from "../../../../domain/time.ts"
import type { WebhookEndpoint } from "../../../../store/reads/webhook-endpoints.ts"
import { areNotices, isMailboxUrl, mailboxOf, noticeTypes } from "../../../../wire/notices.ts"
import type { EndpointJson } from "../../../wire/webhook-schemas.ts"

/** The refusal of a request for an endpoint that does not exist. */
export const endpointNotFound = { code: "webhook_endpoint_not_found" } as const

type Wanted = Pick<WebhookEndpoint, "url" | "types" | "includeDetails">

/** The types to store: a mailbox that wants all gets those that mailboxes can receive. */
export function storedTypes({ url, types }: Pick<Wanted, "url" | "types">): Wanted["types"] {
  return types === null && mailboxOf(url) !== null ? noticeTypes : types
}

/** Why an endpoint cannot be as it is wanted; null: it can. */
export function endpointRefusal({ url, types, includeDetails }: Wanted, hasMail: boolean) {
  if (!URL.canParse(url)) return invalid("/url", "must be a URL")
  if (mailboxOf(url) === null) return null
  if (!isMailboxUrl(url))
    return invalid("/url", "must be mailto: and one address, such as mailto:me@shop.example")
  if (!hasMail)
    return invalid(
      "/url",
      "must begin with https:// or http://, because this server sends no mail: SMTP_URL is not set",
    )
  if (types !== null && !areNotices(types))
    return invalid("/types", `can only be of ${noticeTypes.join(", ")} for a mailbox`)
  return includeDetails ? invalid("/include_details", "must be false for a mailbox") : null
}

function invalid(pointer: string, detail: string) {
  return { code: "invalid_request", errors: [{ pointer, detail }] } as const
}

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
