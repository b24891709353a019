import type { LanguageTag } from "./languages.ts"
import type { Time } from "./types.ts"

/** The request for a code that is mailed to the address. */
export interface AskCodeBody {
  readonly email: string
  /** The language of the mail; the shop's first language if not given. */
  readonly language?: LanguageTag
  /** The token of a solved challenge, where the server asks for one. */
  readonly challenge?: string
}

/** A challenge of ALTCHA. Its widget and its libraries solve it; what they return is the `challenge` of {@link AskCodeBody}. */
export interface AltchaChallenge {
  readonly parameters: {
    readonly algorithm: string
    readonly cost: number
    /** In unix seconds. */
    readonly expiresAt: number
    readonly keyLength: number
    readonly keyPrefix: string
    readonly keySignature: string
    readonly nonce: string
    readonly salt: string
  }
  readonly signature: string
}

/** The answer to a request for a code: always the same. */
export interface AskedCode {
  readonly status: "accepted"
}

/** The code that was mailed to the address. */
export interface ConfirmCodeBody {
  readonly email: string
  /** Six digits. */
  readonly code: string
}

/** The proof that a buyer has a mailbox. */
export interface ConfirmedMailbox {
  /** Give it to `holds.create` as `customerToken`. */
  readonly customer_token: string
  readonly expires_at: Time
}
