import type { Mutant } from "./mutants.ts"

const file = "test/http/stock-display.test.ts"

/** Bugs that tell buyers how many units there are, where the shop does not show it. */
export const stockDisplayMutants: readonly Mutant[] = [
  {
    name: "the numbers of variants are told",
    edits: [
      {
        file: "src/wire/public-product.ts",
        find: "if (variants === undefined || !hasVariants(product)) return more",
        replace: "if (variants !== undefined || !hasVariants(product)) return { ...more, variants }",
      },
    ],
    caughtBy: { file, test: "its variants have none either" },
  },
  {
    name: "a refusal tells how many units are available",
    edits: [
      {
        file: "src/http/wire/problem-members.ts",
        find: "available_stock: refusal.hidesUnits ? undefined : refusal.availableStock,",
        replace: "available_stock: refusal.availableStock,",
      },
    ],
    caughtBy: { file, test: "no buyer is told a number, anywhere" },
  },
  {
    name: "the gate tells that none is available",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "{ ...emptyRefusal(state, product, deadline), ...secrecyOf(product) }",
        replace: "emptyRefusal(state, product, deadline)",
      },
    ],
    caughtBy: { file, test: "ten units or fewer are few" },
  },
  {
    name: "the ETag of a product without numbers tells each change of it",
    edits: [
      {
        file: "src/wire/public-product.ts",
        find: "if (!hidesUnits(product)) return `",
        replace: "if (product.id > 0) return `",
      },
    ],
    caughtBy: { file, test: "do not change with what is held" },
  },
  {
    name: "retry_at tells whether as many units are unsold as were asked for",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "return hidesUnits(product) || qty",
        replace: "return qty",
      },
    ],
    caughtBy: { file: "test/domain/place-hold.test.ts", test: "does not depend on the quantity" },
  },
  {
    name: "the metrics, which need no token, have the units of every product",
    edits: [
      {
        file: "src/store/reads/views.ts",
        find: "       where stock_display is null\n",
        replace: "",
      },
    ],
    caughtBy: { file, test: "no buyer is told a number, anywhere" },
  },
  {
    name: "caches keep the numbers that the shop's own system has read",
    edits: [
      {
        file: "src/http/routes/buyers/show-product.ts",
        find: "isSecret || isTold ?",
        replace: "isSecret ?",
      },
    ],
    caughtBy: { file, test: "the shop's own systems are told" },
  },
  {
    name: "units of variants that are not for sale count as left",
    edits: [
      {
        file: "src/domain/product.ts",
        find: "const available = availableUnits(unitsForSale({ variants: null, ...units }))",
        replace: "const available = availableUnits(units)",
      },
    ],
    caughtBy: { file, test: "its variants have none either" },
  },
  {
    name: "a page without numbers offers a buyer one unit at most",
    edits: [
      {
        file: "web/storefront/variant-choice.ts",
        find: '(stock_level === "none" ? 0 : Infinity)',
        replace: '(stock_level === "none" ? 0 : 1)',
      },
    ],
    caughtBy: { file: "test/web/hidden-stock.test.ts", test: "the stage without numbers" },
  },
  {
    name: "a notice about two units goes away while there may be one",
    edits: [
      {
        file: "web/storefront/refused-units.ts",
        find: "Math.min(1, mostAvailable(variant))",
        replace: "mostAvailable(variant)",
      },
    ],
    caughtBy: { file: "test/web/hidden-stock.test.ts", test: "two were asked for" },
  },
]
