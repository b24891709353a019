import type { Logger } from "pino"
import type { Config } from "./config/config.ts"
import { hasMail } from "./config/mail.ts"
import type { Engine } from "./engine.ts"
import { createAdminSessions, SESSION_SECONDS } from "./http/access/admin-session.ts"
import { createGatekeeper, type AdminAccess } from "./http/access/auth.ts"
import { createCustomerTokens } from "./http/access/customer-token.ts"
import { createAltcha } from "./http/access/altcha.ts"
import { createChallenge } from "./http/access/challenge.ts"
import { createMailboxCodes } from "./http/access/mailbox-codes.ts"
import type { MailboxKeys } from "./http/access/mailbox-keys.ts"
import { createHolders } from "./http/access/holders.ts"
import { createOperatorAccess } from "./http/access/operator-access.ts"
import type { OwnerTokens } from "./http/access/owner-token.ts"
import type { Services } from "./http/services.ts"

/** The services that say who a caller is, and what binds it. */
export type AccessServices = Pick<
  Services,
  | "gatekeeper"
  | "customerTokens"
  | "holdsNeedSigned"
  | "holderOf"
  | "mailboxCodes"
  | "challenge"
  | "challengePage"
  | "issueChallenge"
>

/** Makes them. `secret`: the installation's, of which sessions and the names of holders are made. */
export function accessServices(config: Config, secret: string, parts: AccessParts): AccessServices {
  const { engine, tokens, keys, log } = parts
  return {
    ...mailboxServices(config, parts),
    ...challengeServices(config, secret, parts),
    gatekeeper: createGatekeeper(operatorsBy(config, secret, engine, log), tokens),
    customerTokens: createCustomerTokens(config.customerSecrets, keys.tokenKey),
    holdsNeedSigned: config.holdsNeed === "signed",
    holderOf: createHolders(config.holdBounds === null ? null : secret),
  }
}

interface AccessParts {
  readonly engine: Engine
  readonly tokens: OwnerTokens
  /** The keys of mailboxes. */
  readonly keys: MailboxKeys
  readonly log: Logger
  readonly limits: Services["limits"]
}

function mailboxServices(
  config: Config,
  { engine: { codes, events }, keys, log }: Pick<AccessParts, "engine" | "keys" | "log">,
): Pick<AccessServices, "mailboxCodes"> {
  return {
    mailboxCodes: createMailboxCodes({
      codes,
      keys,
      hasMail: hasMail(config),
      onResult: (result) => events.mailCode(result),
      onError: (error) =>
        log.warn({ err: error }, "A buyer's request for a code could not be stored; no mail is sent."),
    }),
  }
}

function challengeServices(
  { challenge }: Config,
  secret: string,
  { limits, log }: Pick<AccessParts, "limits" | "log">,
): Pick<AccessServices, "challenge" | "challengePage" | "issueChallenge"> {
  if (challenge === null) return { challenge: null, challengePage: null, issueChallenge: null }
  if (challenge.kind === "altcha") {
    const altcha = createAltcha(secret, limits)
    return { challenge: altcha, challengePage: "altcha", issueChallenge: () => altcha.issue() }
  }
  const { script, siteKey, capEndpoint } = challenge
  return {
    challengePage: { script, siteKey, ...(capEndpoint !== null && { capEndpoint }) },
    issueChallenge: null,
    challenge: createChallenge(challenge, (error) =>
      log.warn({ err: error }, "The challenge's service does not answer; buyers get codes without it."),
    ),
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
