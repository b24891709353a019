import { Type } from "typebox"
import { emailPattern, LONGEST_EMAIL } from "../../domain/email-address.ts"
import { oneOf } from "../../wire/fields.ts"

/** The address whose orders' links are asked for. */
export const FindOrdersBody = Type.Object(
  {
    email: Type.String({
      maxLength: LONGEST_EMAIL,
      description: "one e-mail address",
      pattern: `^${emailPattern}$`,
      examples: ["ada@example.com"],
    }),
  },
  { additionalProperties: false },
)

/** The same whether there are orders or not. */
export const FindOrdersAnswer = Type.Object({ status: oneOf(["accepted"]) })
