import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { registerAddOperator } from "./add-operator.ts"
import { registerChangeOperator } from "./change-operator.ts"
import { registerDisableOperator } from "./disable-operator.ts"
import { registerEnableOperator } from "./enable-operator.ts"
import { registerListOperators } from "./list-operators.ts"
import { registerRotateOperatorToken } from "./rotate-operator-token.ts"
import { registerSignOutOperator } from "./sign-out-operator.ts"

/** Registers the routes about who may run the shop. */
export function registerOperatorRoutes(
  admin: App,
  services: Pick<Services, "gatekeeper" | "operators">,
): void {
  registerListOperators(admin, services)
  registerAddOperator(admin, services)
  registerChangeOperator(admin, services)
  registerDisableOperator(admin, services)
  registerEnableOperator(admin, services)
  registerRotateOperatorToken(admin, services)
  registerSignOutOperator(admin, services)
}
