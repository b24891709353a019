import type { Mutant } from "./mutants.ts"

const file = "test/http/product-numbers.test.ts"

/** Bugs in what the shop's own numbers of a product are for, and in whom they are for. */
export const productNumberMutants: readonly Mutant[] = [
  {
    name: "buyers are told what the shop's own system calls a product",
    edits: [
      {
        file: "src/wire/public-product.ts",
        find: "product.externalId === null ? product : { ...product, externalId: null }",
        replace: "product",
      },
    ],
    caughtBy: { file, test: "nowhere what another system calls it" },
  },
  {
    name: "a change of the external id alone is not saved",
    edits: [
      { file: "src/store/batch/product-setting-values.ts", find: "settings.externalId,", replace: "null," },
    ],
    caughtBy: { file, test: "are given, changed alone and removed" },
  },
  {
    name: "the list of products takes any external id",
    edits: [
      {
        file: "src/store/reads/views.ts",
        find: "or external_id = $7)",
        replace: "or external_id is not null)",
      },
    ],
    caughtBy: { file, test: "find products, all of them that have one" },
  },
  {
    name: "the CSV names the product's article in the row of a variant",
    edits: [
      {
        file: "src/http/routes/admin/orders/export-orders-csv.ts",
        find: "[line.variantId, line.sku, line.name]",
        replace: "[line.variantId, sku ?? line.sku, line.name]",
      },
    ],
    caughtBy: { file, test: "keeps the variant's number where there is one" },
  },
  {
    name: "the CSV has no number of a product without variants",
    edits: [
      {
        file: "src/http/routes/admin/orders/export-orders-csv.ts",
        find: "[null, sku, null]",
        replace: "[null, null, null]",
      },
    ],
    caughtBy: { file, test: "has the product's numbers in each row" },
  },
  {
    name: "events of orders with lines lack the numbers of the product",
    edits: [
      {
        file: "src/wire/outgoing-event.ts",
        find: "return { ...json, lines: named",
        replace: "return { ...orderJson(order), lines: named",
      },
    ],
    caughtBy: { file: "test/wire/outgoing-event.test.ts", test: "the shop's own numbers of the product" },
  },
  {
    name: "the control room clears the numbers of a product that has none, with every change",
    edits: [
      {
        file: "web/admin/product-fields.ts",
        find: "usual[name] : null",
        replace: "usual[name] : (undefined as never)",
      },
    ],
    caughtBy: { file: "test/web/product-fields.test.ts", test: "sends only what differs" },
  },
]
