import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { registerChangeWebhookEndpoint } from "./change-webhook-endpoint.ts"
import { registerCreateWebhookEndpoint } from "./create-webhook-endpoint.ts"
import { registerDeleteWebhookEndpoint } from "./delete-webhook-endpoint.ts"
import { registerListWebhookDeliveries } from "./list-webhook-deliveries.ts"
import { registerListWebhookEndpoints } from "./list-webhook-endpoints.ts"
import { registerReplayWebhookDelivery } from "./replay-webhook-delivery.ts"
import { registerReplayWebhookEvents } from "./replay-webhook-events.ts"
import { registerRotateWebhookSecret } from "./rotate-webhook-secret.ts"
import { registerSendTestEvent } from "./send-test-event.ts"
import { registerShowWebhookEndpoint } from "./show-webhook-endpoint.ts"

/** Registers the operations on webhook endpoints and their deliveries. */
export function registerWebhookRoutes(
  admin: App,
  services: Pick<Services, "ids" | "webhooks" | "messages">,
): void {
  registerCreateWebhookEndpoint(admin, services)
  registerListWebhookEndpoints(admin, services)
  registerShowWebhookEndpoint(admin, services)
  registerChangeWebhookEndpoint(admin, services)
  registerDeleteWebhookEndpoint(admin, services)
  registerRotateWebhookSecret(admin, services)
  registerSendTestEvent(admin, services)
  registerListWebhookDeliveries(admin, services)
  registerReplayWebhookDelivery(admin, services)
  registerReplayWebhookEvents(admin, services)
}
