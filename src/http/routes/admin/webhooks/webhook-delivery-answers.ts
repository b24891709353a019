import { isoTime } from "../../../../domain/time.ts"
import type { WebhookDelivery } from "../../../../store/reads/webhook-deliveries.ts"
import type { DeliveryJson } from "../../../wire/webhook-schemas.ts"

/** True for text in the form of this server's `webhook-id`, whose end may name a dispute; other text is not looked up. */
export function isWebhookId(text: unknown): text is string {
  return typeof text === "string" && /^[a-z_]{1,40}-[\w!~*'()%-]{1,300}$/.test(text)
}

/** A delivery as the API shows it. */
export function deliveryJson(delivery: WebhookDelivery): DeliveryJson {
  return {
    webhook_id: delivery.eventId,
    endpoint_id: delivery.endpointId,
    type: delivery.type,
    status: delivery.status,
    not_before: isoTime(delivery.notBefore),
    attempts: delivery.attempts,
    response_status: delivery.responseStatus,
    last_error: delivery.lastError,
    created_at: isoTime(delivery.createdAt),
    updated_at: isoTime(delivery.updatedAt),
  }
}
