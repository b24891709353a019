import { isLoopback } from "./addresses.ts"
import { ConfigError } from "./config-error.ts"

/** An account at Stripe. */
export interface StripeAccount {
  readonly secretKey: string
  readonly webhookSecret: string
  /** Null if the pages do not offer payment by Stripe. */
  readonly publishableKey: string | null
  readonly apiBase: string
  /** True if buyers may pay by methods whose result takes days. */
  readonly offersDelayedMethods: boolean
}

/** The variables of an account at Stripe. */
export interface StripeEnvironment {
  STRIPE_SECRET_KEY?: string
  STRIPE_WEBHOOK_SECRET?: string
  STRIPE_PUBLISHABLE_KEY?: string
  STRIPE_API_BASE: string
  STRIPE_DELAYED_METHODS: "exclude" | "offer"
}

const apiBases = "https:// and a host, perhaps with a port; http:// for loopback only"

/** The schema of these variables. */
export const stripeVariables = {
  STRIPE_SECRET_KEY: {
    type: "string",
    pattern: "^[sr]k_[A-Za-z0-9_]{8,}$",
    description: "a secret or restricted key of Stripe, which begins with sk_ or rk_",
  },
  STRIPE_WEBHOOK_SECRET: {
    type: "string",
    pattern: "^whsec_[\\x21-\\x7e]{16,}$",
    description: "the signing secret of an endpoint at Stripe, which begins with whsec_",
  },
  STRIPE_PUBLISHABLE_KEY: {
    type: "string",
    pattern: "^pk_[A-Za-z0-9_]{8,}$",
    description: "a publishable key of Stripe, which begins with pk_",
  },
  STRIPE_API_BASE: { type: "string", minLength: 1, description: apiBases, default: "https://api.stripe.com" },
  STRIPE_DELAYED_METHODS: {
    type: "string",
    enum: ["exclude", "offer"],
    description: "exclude or offer",
    default: "exclude",
  },
} as const

/**
 * Reads the account; null if none is set. Throws `ConfigError` if one of the two secrets is missing: such a server would
 * accept webhooks but could send no money back, or the other way round.
 */
export function stripeAccount(env: StripeEnvironment): StripeAccount | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = env
  const apiBase = allowedApiBase(env.STRIPE_API_BASE)
  if (secretKey !== undefined && webhookSecret !== undefined) {
    const publishableKey = publishableKeyBeside(secretKey, env)
    const offersDelayedMethods = env.STRIPE_DELAYED_METHODS === "offer"
    return { secretKey, webhookSecret, publishableKey, apiBase, offersDelayedMethods }
  }
  if (secretKey === undefined && webhookSecret === undefined && env.STRIPE_PUBLISHABLE_KEY === undefined) {
    return null
  }
  const missing = secretKey === undefined ? "STRIPE_SECRET_KEY" : "STRIPE_WEBHOOK_SECRET"
  const others = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_PUBLISHABLE_KEY"] as const
  const other = others.find((name) => env[name] !== undefined)
  throw new ConfigError(
    `${missing} is not set; with ${other} it must be ${stripeVariables[missing].description}`,
  )
}

/** Refuses keys of different modes: with a live key in the page and a test key in the server, the page could not find its payments. */
function publishableKeyBeside(
  secretKey: string,
  { STRIPE_PUBLISHABLE_KEY: key }: StripeEnvironment,
): string | null {
  if (key === undefined) return null
  const modes = [secretKey, key].map((one) => /^\w\w_(test|live)_/.exec(one)?.[1])
  if (modes[0] === modes[1]) return key
  throw new ConfigError(
    `STRIPE_PUBLISHABLE_KEY is a ${modes[1]} key and STRIPE_SECRET_KEY a ${modes[0]} key; they must be of one mode`,
  )
}

/** Refuses unsafe addresses, because the secret key is sent there. */
function allowedApiBase(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null
  const isOrigin = url !== null && url.origin === value.replace(/\/$/, "")
  const isSafe =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopback(url.hostname.replace(/^\[(.*)\]$/, "$1")))
  if (isOrigin && isSafe) return url.origin
  throw new ConfigError(`STRIPE_API_BASE is ${JSON.stringify(value)} but must be ${apiBases}`)
}
