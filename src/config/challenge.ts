import { isLoopback } from "./addresses.ts"
import { ConfigError } from "./config-error.ts"

/** What a page solves before it is given a code. */
export type ChallengeSettings = ServiceChallenge | { readonly kind: "altcha" }

/** A service with whose challenge a page proves that it took some effort: Turnstile, hCaptcha, Cap and others of their form. */
export interface ServiceChallenge {
  readonly kind: "siteverify"
  /** Where the server asks whether a token is good (siteverify). */
  readonly verifyUrl: string
  readonly secret: string
  readonly siteKey: string
  /** The script that shows the challenge. Its origin goes into the security policy of the pages that load it. */
  readonly script: string
  /** Where the widget of Cap gets its challenges, which is beside `verifyUrl`; null: it is another service. */
  readonly capEndpoint: string | null
}

/** The variables of the challenge. */
export interface ChallengeEnvironment {
  CHALLENGE?: "altcha"
  CHALLENGE_VERIFY_URL?: string
  CHALLENGE_SECRET?: string
  CHALLENGE_SITE_KEY?: string
  CHALLENGE_SCRIPT?: string
}

const VERIFY_URL_SHAPE = "an https address such as https://challenges.cloudflare.com/turnstile/v0/siteverify"
const SCRIPT_SHAPE =
  "an https address such as https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit"
const SITE_KEY_SHAPE = "letters, digits and _ - . : / of at most 200 characters"

/** The default values and allowed values of the variables, as for `schema`. */
export const challengeVariables = {
  CHALLENGE: { type: "string", enum: ["altcha"], description: "altcha" },
  CHALLENGE_VERIFY_URL: { type: "string", minLength: 1, description: VERIFY_URL_SHAPE },
  CHALLENGE_SECRET: { type: "string", minLength: 1, description: "the secret key of the service" },
  CHALLENGE_SITE_KEY: { type: "string", pattern: "^[\\w.:/-]{1,200}$", description: SITE_KEY_SHAPE },
  CHALLENGE_SCRIPT: { type: "string", minLength: 1, description: SCRIPT_SHAPE },
} as const

/** The settings of the challenge; null: there is none. Throws {@link ConfigError} if one is missing or cannot be understood. */
export function challengeSettings({
  CHALLENGE: own,
  CHALLENGE_VERIFY_URL: verifyUrl,
  CHALLENGE_SECRET: secret,
  CHALLENGE_SITE_KEY: siteKey,
  CHALLENGE_SCRIPT: script,
}: ChallengeEnvironment): ChallengeSettings | null {
  const given = {
    CHALLENGE_VERIFY_URL: verifyUrl,
    CHALLENGE_SECRET: secret,
    CHALLENGE_SITE_KEY: siteKey,
    CHALLENGE_SCRIPT: script,
  }
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (own !== undefined) {
    const others = Object.keys(given).filter((name) => !missing.includes(name))
    if (others.length === 0) return { kind: own }
    throw new ConfigError(
      `CHALLENGE=${own} needs no other setting: remove ${others.join(" and ")}, or CHALLENGE to use that service`,
    )
  }
  if (missing.length === Object.keys(given).length) return null
  if (verifyUrl === undefined || secret === undefined || siteKey === undefined || script === undefined) {
    throw new ConfigError(`${missing.join(" and ")} not set; a challenge needs all four CHALLENGE_ settings`)
  }
  if (!isSecureUrl(verifyUrl))
    throw new ConfigError(`CHALLENGE_VERIFY_URL is no such address; it must be ${VERIFY_URL_SHAPE}`)
  if (!isSecureUrl(script))
    throw new ConfigError(`CHALLENGE_SCRIPT is no such address; it must be ${SCRIPT_SHAPE}`)
  return {
    kind: "siteverify",
    verifyUrl,
    secret,
    siteKey,
    script,
    capEndpoint: capEndpoint(verifyUrl, siteKey),
  }
}

/** Of the services known, only Cap has the site key in the address: `https://cap.example/<site key>/siteverify`. */
function capEndpoint(verifyUrl: string, siteKey: string): string | null {
  const end = `/${siteKey}/siteverify`
  return verifyUrl.endsWith(end) ? verifyUrl.slice(0, -"siteverify".length) : null
}

/** Https, or http on this machine; without a password and without what could end a directive of a security policy. */
function isSecureUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || `${url.username}${url.password}${url.hash}` !== "" || /[\s;,'"]/.test(value))
    return false
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" && isLoopback(url.hostname.replace(/^\[(.*)\]$/, "$1")))
  )
}
