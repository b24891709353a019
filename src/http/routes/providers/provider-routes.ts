import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { registerReceiveGenericWebhook } from "./receive-generic-webhook.ts"
import { registerReceiveProviderWebhook } from "./receive-provider-webhook.ts"
import { registerSimulator } from "./simulator.ts"
import { registerSimulatedMail } from "./simulated-mail.ts"
import { registerStrayWebhooks } from "./stray-webhooks.ts"

/** Registers the webhooks of payment providers, and the simulator. */
export function registerProviderRoutes(app: App, services: Services): void {
  registerReceiveGenericWebhook(app, services)
  registerReceiveProviderWebhook(app, services)
  registerStrayWebhooks(app, services)
  registerSimulator(app, services)
  registerSimulatedMail(app, services)
}
