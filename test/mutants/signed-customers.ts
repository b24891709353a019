import type { Mutant } from "./mutants.ts"

const http = "test/http/signed-customers.test.ts"
const tokens = "src/http/access/customer-token.ts"
const placement = "src/http/routes/buyers/hold-placement.ts"
const customers = "src/http/routes/buyers/hold-customer.ts"

/** Who a customer is, and who may say so. */
export const signedCustomerMutants: readonly Mutant[] = [
  {
    name: "signed customers: a token that is not valid is taken for none",
    edits: [
      {
        file: customers,
        find: 'if (typeof signed !== "string") {',
        replace:
          'if (typeof signed === "string") return { customerId: named, proof: null, groups: [] }\n    else {',
      },
    ],
    caughtBy: { file: http, test: "never dropped in silence" },
  },
  {
    name: "signed customers: the first secret alone is valid",
    edits: [{ file: tokens, find: "ofShop = secrets.map", replace: "ofShop = secrets.slice(0, 1).map" }],
    caughtBy: { file: http, test: "while that is still listed" },
  },
  {
    name: "signed customers: the signature is not checked",
    edits: [
      {
        file: tokens,
        find: 'given))\n        return "signature"',
        replace: 'given) && token === "")\n        return "signature"',
      },
    ],
    caughtBy: { file: http, test: "with the name of another" },
  },
  {
    name: "signed customers: a token never ends",
    edits: [
      {
        file: tokens,
        find: "if (Number(end) + SKEW_SECONDS <= nowSeconds())",
        replace: "if (Number(end) + SKEW_SECONDS <= 0)",
      },
    ],
    caughtBy: { file: http, test: "that ended 61 seconds ago" },
  },
  {
    name: "signed customers: the clocks may not differ",
    edits: [{ file: tokens, find: "const SKEW_SECONDS = 60", replace: "const SKEW_SECONDS = 0" }],
    caughtBy: { file: http, test: "30 seconds ago" },
  },
  {
    name: "signed customers: a name in another spelling of base64url is another token of the same customer",
    edits: [{ file: tokens, find: 'if (bytes.toString("base64url") !== given) return null', replace: "" }],
    caughtBy: { file: http, test: "in another spelling" },
  },
  {
    name: "signed customers: a name in the body is believed",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: 'if (customerId !== null && customerProof === null) return { code: "customer_not_signed" }',
        replace: "if (customerId !== null && customerProof === null) return null",
      },
    ],
    caughtBy: { file: http, test: "a name in the body is refused" },
  },
  {
    name: "signed customers: HOLDS_NEED is not asked",
    edits: [
      {
        file: placement,
        find: 'if (needsSigned && proof !== "signed" && !isShop) {',
        replace: 'if (needsSigned && proof === "signed" && caller === undefined) {',
      },
    ],
    caughtBy: { file: http, test: "no product is sold to strangers" },
  },
  {
    name: "signed customers: their unpaid units are counted by address",
    edits: [{ file: placement, find: 'proof === "signed" ? wanted.customerId : null)', replace: "null)" }],
    caughtBy: { file: http, test: "counted by customer" },
  },
]
