import type { Mutant } from "./mutants.ts"

const model = { file: "test/model/core.test.ts", test: "random commands keep" }
const served = { file: "test/model/served.test.ts" }

/** Wrong amounts and wrong reasons, which only a comparison with a reference model shows. */
export const modelMutants: readonly Mutant[] = [
  {
    name: "model: returned units still count towards the customer's limit",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "state.claims.replace({ ...counted, units: counted.units - units.qty })",
        replace: "state.claims.replace({ ...counted, units: counted.units })",
      },
    ],
    caughtBy: model,
  },
  {
    name: "model: a payment's refunded amount is not summed",
    edits: [
      {
        file: "src/domain/create-refund.ts",
        find: "refundedMinor: payment.refundedMinor + wanted.amountMinor",
        replace: "refundedMinor: wanted.amountMinor",
      },
    ],
    caughtBy: model,
  },
  {
    name: "model: a refund is recorded a cent too low",
    edits: [
      {
        file: "src/domain/create-refund.ts",
        find: "    ...wanted,\n    number:",
        replace: "    ...wanted,\n    amountMinor: Math.max(0, wanted.amountMinor - 1),\n    number:",
      },
    ],
    caughtBy: model,
  },
  {
    name: "model: a refund gets the wrong reason",
    edits: [
      {
        file: "src/domain/create-refund.ts",
        find: "    ...wanted,\n    number:",
        replace: '    ...wanted,\n    reason: "requested",\n    number:',
      },
    ],
    caughtBy: model,
  },
  {
    name: "served: a failed payment counts as a success",
    edits: [
      {
        file: "src/payments/generic-webhook.ts",
        find: '  failed: "failed",',
        replace: '  failed: "succeeded",',
      },
    ],
    caughtBy: served,
  },
  {
    name: "served: a refusal names one unit too many",
    edits: [
      {
        file: "src/http/wire/problem-members.ts",
        find: ": refusal.availableStock,",
        replace: ": refusal.availableStock + 1,",
      },
    ],
    caughtBy: served,
  },
  {
    name: "served: a product shows held units as sold",
    edits: [
      {
        file: "src/wire/product.ts",
        find: "    sold_stock: product.sold,\n    sale_state:",
        replace: "    sold_stock: product.sold + product.held,\n    sale_state:",
      },
    ],
    caughtBy: served,
  },
  {
    name: "served: the units of a refund are not written",
    edits: [
      {
        file: "src/http/routes/admin/money/refund-order.ts",
        find: "{ restockQty: qty ?? 0 }",
        replace: "{ restockQty: qty ?? 1 }",
      },
    ],
    caughtBy: served,
  },
]
