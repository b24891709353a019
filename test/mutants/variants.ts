import type { Mutant } from "./mutants.ts"

const model = {
  file: "test/model/variants.test.ts",
  test: "random commands on products with and without variants",
}

/** Bugs in what keeps a product the sum of its variants (I10), and a hold of several variants whole. */
export const variantMutants: readonly Mutant[] = [
  {
    name: "variants: a unit is held of the product and of no variant",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "    if (line === undefined) return variant\n",
        replace: "    if (line === undefined || held === 1) return variant\n",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: a basket is held although one of its lines lacks units",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "  const lines = lackingLines(product, wanted)\n",
        replace: "  const lines = wanted.length > 1 ? [] : lackingLines(product, wanted)\n",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: the customer's limit counts the largest line alone",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "  { qty, customerId }: PlaceHold,\n",
        replace: "  { qty: all, customerId, lines }: PlaceHold,\n",
      },
      {
        file: "src/domain/place-hold.ts",
        find: "  if (maxPerHold !== null && qty > maxPerHold) return {",
        replace:
          "  const qty = lines === undefined ? all : Math.max(...lines.map((line) => line.qty))\n  if (maxPerHold !== null && all > maxPerHold) return {",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: due holds of other variants hide the due ones",
    edits: [
      {
        file: "src/domain/needs.ts",
        find: "length > 0 ? product.held : 0",
        replace: "length > 0 ? 1 : 0",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: late money takes the lines that are left",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "return areOnSale && lackingLines(product, lines).length === 0",
        replace: "return areOnSale && lackingLines(product, lines).length < lines.length",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: an order costs what its variants cost now",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "      totalMinor: totalOf(lines),\n",
        replace: "      totalMinor: product.priceMinor * qty,\n",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: more units of a line are restocked than it has",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "    const left = line.qty - line.restockedQty\n",
        replace: "    const left = line.qty\n",
      },
    ],
    caughtBy: model,
  },
]
