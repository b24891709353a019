import type { Logger } from "pino"
import type { Config } from "./config/config.ts"
import type { Engine } from "./engine.ts"
import { createAdminSessions, SESSION_SECONDS } from "./http/access/admin-session.ts"
import { createGatekeeper, type AdminAccess } from "./http/access/auth.ts"
import { createCustomerTokens } from "./http/access/customer-token.ts"
import { createHolders } from "./http/access/holders.ts"
import { createOperatorAccess } from "./http/access/operator-access.ts"
import type { OwnerTokens } from "./http/access/owner-token.ts"
import type { Services } from "./http/services.ts"

/** The services that say who a caller is, and what binds it. */
export type AccessServices = Pick<Services, "gatekeeper" | "customerTokens" | "holdsNeedSigned" | "holderOf">

/** Makes them. `secret`: the installation's, of which sessions and the names of holders are made. */
export function accessServices(
  config: Config,
  secret: string,
  { engine, tokens, log }: { readonly engine: Engine; readonly tokens: OwnerTokens; readonly log: Logger },
): AccessServices {
  return {
    gatekeeper: createGatekeeper(operatorsBy(config, secret, engine, log), tokens),
    customerTokens: createCustomerTokens(config.customerSecrets),
    holdsNeedSigned: config.holdsNeed === "signed",
    holderOf: createHolders(config.holdBounds === null ? null : secret),
  }
}

/** The tokens and the sessions that identify an operator; null in open mode. */
function operatorsBy(
  { adminToken }: Config,
  secret: string,
  engine: Engine,
  log: Logger,
): AdminAccess | null {
  if (adminToken === null) return null
  const operators = createOperatorAccess({
    memory: engine.operators.memory,
    operators: engine.operators,
    sessionSeconds: SESSION_SECONDS,
    onFailure: (error) => log.warn({ err: error }, "The last use of an operator could not be noted."),
  })
  return { adminToken, sessions: createAdminSessions(secret, adminToken), operators }
}
