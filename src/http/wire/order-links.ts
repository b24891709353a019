import { Type } from "typebox"
import { oneOf } from "../../wire/fields.ts"

/** The address whose orders' links are asked for. */
export const FindOrdersBody = Type.Object(
  {
    email: Type.String({
      maxLength: 254,
      description: "one e-mail address",
      // One address: nothing that separates several, and no control characters.
      pattern:
        '^[^\\s\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff@<>,;:"\\\\()\\[\\]]+@[^\\s\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff@<>,;:"\\\\()\\[\\]]+$',
      examples: ["ada@example.com"],
    }),
  },
  { additionalProperties: false },
)

/** The same whether there are orders or not. */
export const FindOrdersAnswer = Type.Object({ status: oneOf(["accepted"]) })
