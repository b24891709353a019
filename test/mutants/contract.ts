import type { Mutant } from "./mutants.ts"

const caughtBy = { file: "test/contract/contract.test.ts" }

/** Responses that the API description does not allow, and requests that the server must refuse. */
export const contractMutants: readonly Mutant[] = [
  {
    name: "contract: a refusal has a status that the reference does not list",
    edits: [
      {
        file: "src/http/wire/problems.ts",
        find: "stock_changed: { status: 409,",
        replace: "stock_changed: { status: 418,",
      },
    ],
    caughtBy,
  },
  {
    name: "contract: a success has a status that its route does not describe",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "reply.code(isNewlyParked(outcome) ? 202 : 200)",
        replace: "reply.code(isNewlyParked(outcome) ? 203 : 200)",
      },
    ],
    caughtBy,
  },
  {
    name: "contract: a response has a field that its schema does not list",
    edits: [
      {
        file: "src/http/routes/providers/receive-generic-webhook.ts",
        find: "    outcome: event.outcome,\n",
        replace: "    outcome: `was_${event.outcome}`,\n",
      },
    ],
    caughtBy,
  },
  {
    name: "contract: a cursor that is not JSON causes a 500",
    edits: [
      {
        file: "src/http/wire/paging.ts",
        find: "  } catch {\n    return null\n",
        replace: "  } catch (error) {\n    throw error\n",
      },
    ],
    caughtBy,
  },
  {
    name: "contract: a NUL in a query reaches the database",
    edits: [
      {
        file: "src/http/wire/storable-text.ts",
        find: " && !/[\\0\\ud800-\\udfff]/u.test(text)",
        replace: "",
      },
    ],
    caughtBy: { file: "test/http/hostile.test.ts", test: "open mode > a hostile address" },
  },
  {
    name: "contract: unknown fields are accepted",
    edits: [
      {
        file: "src/wire/fields.ts",
        find: "return Type.Object(properties, { additionalProperties: false, ...more })",
        replace: "return Type.Object(properties, { additionalProperties: true, ...more })",
      },
    ],
    caughtBy,
  },
  {
    name: "contract: a valid field is refused",
    edits: [
      {
        file: "src/wire/refund.ts",
        find: "restock_qty: Type.Optional(Type.Integer({ minimum: 0,",
        replace: "restock_qty: Type.Optional(Type.Integer({ minimum: 2,",
      },
    ],
    caughtBy,
  },
]
