import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { registerShowHealth } from "./show-health.ts"
import { registerShowLiveness } from "./show-liveness.ts"
import { registerShowMetrics } from "./show-metrics.ts"

/** Registers the routes for operators: health and metrics. */
export function registerSystemRoutes(app: App, services: Services): void {
  registerShowHealth(app, services)
  registerShowLiveness(app)
  registerShowMetrics(app, services)
}
