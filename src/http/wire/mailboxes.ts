import { Type } from "typebox"
import { emailPattern, LONGEST_EMAIL } from "../../domain/email-address.ts"
import { languageTags } from "../../../client/src/languages.ts"
import { oneOf, Time } from "../../wire/fields.ts"

const Email = Type.String({
  maxLength: LONGEST_EMAIL,
  description: "one e-mail address",
  pattern: `^${emailPattern}$`,
  examples: ["ada@example.com"],
})

/** The longest token of a challenge; those of known services have up to 5,000 characters. */
const LONGEST_CHALLENGE = 10_000

/** The address that a code is asked for. */
export const AskCodeBody = Type.Object(
  {
    email: Email,
    language: Type.Optional(
      oneOf(languageTags, {
        description: "the language of the mail; the shop's first language if not given",
      }),
    ),
    challenge: Type.Optional(
      Type.String({
        maxLength: LONGEST_CHALLENGE,
        description:
          "the token of a solved challenge, where the server asks for one (`CHALLENGE` or `CHALLENGE_VERIFY_URL`)",
      }),
    ),
  },
  { additionalProperties: false },
)

const Hex = (description: string) => Type.String({ pattern: "^[0-9a-f]+$", description })

/** A challenge of ALTCHA, in the form that its widget and its libraries take. All of it is signed. */
export const AltchaChallenge = Type.Object(
  {
    parameters: Type.Object(
      {
        algorithm: Type.String({ examples: ["PBKDF2/SHA-256"] }),
        cost: Type.Integer({ description: "how many times each try hashes" }),
        expiresAt: Type.Integer({ description: "in unix seconds" }),
        keyLength: Type.Integer(),
        keyPrefix: Hex("how the key of the solution begins"),
        keySignature: Hex("proves a solution to the server"),
        nonce: Hex("random"),
        salt: Hex("random"),
      },
      { additionalProperties: false },
    ),
    signature: Hex("of the server, over the parameters"),
  },
  { additionalProperties: false },
)

/** The same whether a code is sent or not. */
export const AskCodeAnswer = Type.Object({ status: oneOf(["accepted"]) })

/** The code that was mailed to the address. */
export const ConfirmCodeBody = Type.Object(
  {
    email: Email,
    code: Type.String({
      pattern: "^\\d{6}$",
      description: "the six digits of the mail",
      examples: ["042713"],
    }),
  },
  { additionalProperties: false },
)

/** The proof that the buyer has the mailbox. */
export const ConfirmCodeAnswer = Type.Object({
  customer_token: Type.String({ description: "send it as `Customer-Token` with a hold" }),
  expires_at: Time,
})
