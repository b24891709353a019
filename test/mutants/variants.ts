import type { Mutant } from "./mutants.ts"

const model = { file: "test/model/variants.test.ts", test: "random commands on products with variants" }

const race = { file: "test/race/variants.test.ts", test: "what fits is held, whole" }

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
  {
    name: "variants: the product's row is not locked and its version is not compared",
    edits: [
      {
        file: "src/store/batch/lock-products.ts",
        find: "         limit 1\n           for update\n",
        replace: "         limit 1\n",
      },
      {
        file: "src/store/batch/save-product.ts",
        find: "version = case when version = $2 then $6::bigint end,\n               variants_version",
        replace:
          "version = case when version = $2 or true then $6::bigint end,\n               variants_version",
      },
    ],
    caughtBy: race,
  },
  {
    name: "variants: the variants are read before the product's row is locked",
    edits: [
      {
        file: "src/store/batch/load.ts",
        find: "  const [locked] = await Promise.all([lockProduct(tx, productId), ...loadNamedRows(tx, loading)])\n",
        replace:
          "  const named = Promise.all(Array.from(loadNamedRows(tx, loading)))\n  const locked = await lockProduct(tx, productId)\n  await named\n",
      },
    ],
    caughtBy: race,
  },
  {
    name: "variants: the version of a product with variants is not compared",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "version = case when version = $2 then $6::bigint end,\n               variants_version",
        replace:
          "version = case when version = $2 or true then $6::bigint end,\n               variants_version",
      },
    ],
    caughtBy: { file: "test/store/variant-guards.test.ts", test: "moved on since it was loaded" },
  },
  {
    name: "variants: a variant that is not there is not noticed",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: " * (select (count(*) = cardinality($9::bigint[]))::integer from saved_variants)",
        replace: " * 1",
      },
    ],
    caughtBy: { file: "test/store/variant-guards.test.ts", test: "one variant of which is gone" },
  },
  {
    name: "variants: a server of the last version makes an order without lines",
    edits: [
      {
        file: "migrations/0012_variants.sql",
        find: " or ordered_with_lines is true) not valid;",
        replace: " or true) not valid;",
      },
    ],
    caughtBy: { file: "test/store/constraints.test.ts", test: "holds_ordered_with_lines" },
  },
  {
    name: "variants: verify does not compare an order with its hold",
    edits: [
      {
        file: "src/store/upkeep/verify-variants.ts",
        find: "is distinct from (o.variant_id, l.lines, o.unit_price_minor, o.currency)",
        replace: "is distinct from (h.variant_id, h.lines, h.unit_price_minor, h.currency)",
      },
    ],
    caughtBy: { file: "test/store/verify-variants.test.ts", test: "an order of another variant" },
  },
]
