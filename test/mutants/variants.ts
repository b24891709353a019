import type { Mutant } from "./mutants.ts"

const model = {
  file: "test/model/variants.test.ts",
  test: "random commands on products with and without variants",
}

const gate = { file: "test/lanes/gate.test.ts", test: "is refused by variant" }
const orders = { file: "test/domain/place-order.test.ts", test: "the hold's units, customer and price" }
const http = { file: "test/http/variants.test.ts", test: "alone or as a basket" }
const requests = { file: "test/http/variant-requests.test.ts", test: "refuses a variant with" }
const keys = { file: "test/http/idempotency.test.ts", test: "as earlier versions store it" }
const race = { file: "test/race/variants.test.ts", test: "what fits is held, whole" }

/** Bugs in what keeps a product the sum of its variants (I10), and a hold of several variants whole. */
export const variantMutants: readonly Mutant[] = [
  {
    name: "variants: a unit is held of the product and of no variant",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "    if (variant === undefined) continue\n",
        replace: "    if (variant === undefined || held === 1) continue\n",
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
        find: "refuseByClaims(state, { claims, qty: command.qty }, now)",
        replace:
          "refuseByClaims(state, { claims, qty: command.lines === undefined ? command.qty : Math.max(...command.lines.map((line) => line.qty)) }, now)",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: a due hold of a lacking variant is not looked for",
    edits: [
      {
        file: "src/domain/needs.ts",
        find: "return variant !== undefined && variant.enabled && variant.held > 0",
        replace: "return variant !== undefined && variant.enabled && variant.held > 1",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: due rows of any variant are loaded in the place of those that lack",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: "and (variant_id = wanted_id or lines @> jsonb_build_array(jsonb_build_object('variantId', wanted_id)))",
        replace: "and wanted_id > 0",
      },
    ],
    caughtBy: {
      file: "test/store/reclaim-variants.test.ts",
      test: "returns its unit to a request for that size",
    },
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
    name: "variants: a basket is held in part",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "  if (only === undefined) return null\n",
        replace: "  if (only === undefined || lines.length < wanted.length) return null\n",
      },
      {
        file: "src/domain/place-hold.ts",
        find: "priced(product, command.lines)\n",
        replace:
          "priced(product, command.lines.filter((line) => lackingLines(product, [line]).length === 0))\n",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: the limit of a customer counts one variant",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "    const row = { claimant, units: (before?.units ?? 0) + units.qty, unitLimit }\n",
        replace:
          "    const row = { claimant, units: (before?.units ?? 0) + (units.lines?.[0]?.qty ?? units.qty), unitLimit }\n",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: the counters of the product are not the sums",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "  changeLoadedProduct(state, { ...counters, variants })\n",
        replace: "  changeLoadedProduct(state, { variants })\n",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: the rows of variants keep their counters",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "               held = v.held,\n",
        replace: "",
      },
    ],
    caughtBy: http,
  },
  {
    name: "variants: the limit per hold of a variant is ignored",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: '    if (maxPerHold !== null && qty > maxPerHold) return { code: "quantity_over_limit", maxPerHold, variantId }\n',
        replace: "",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: units of one are granted from the stock of all",
    edits: [
      {
        file: "src/domain/product-variants.ts",
        find: "variant === undefined ? 0 : availableUnits(variant)",
        replace: "variant === undefined ? 0 : availableUnits(product)",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: late money is taken while the product has units of any variant",
    edits: [
      {
        file: "src/domain/apply-payment-event.ts",
        find: "return areOnSale && lackingLines(product, lines).length === 0",
        replace: "return areOnSale && qty <= availableUnits(product)",
      },
    ],
    caughtBy: model,
  },
  {
    name: "the price is taken at the order instead of at the hold",
    edits: [
      {
        file: "src/domain/place-order.ts",
        find: "  const price = held ?? product.priceMinor\n",
        replace: "  const price = product.priceMinor\n",
      },
    ],
    caughtBy: orders,
  },
  {
    name: "variants: restocked lines are not compared with what was bought",
    edits: [
      {
        file: "src/domain/refund-order.ts",
        find: "    if (restocked > left) return",
        replace: "    if (restocked > order.qty) return",
      },
    ],
    caughtBy: model,
  },
  {
    name: "variants: the gate refuses a product because one variant has no units",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "lines.find(({ variantId }) => emptyVariants.has(variantId))",
        replace: "lines.find(() => emptyVariants.size > 0)",
      },
      {
        file: "src/lanes/gate.ts",
        find: "empty === undefined ? undefined : emptyVariants.get(empty.variantId)",
        replace: "empty === undefined ? undefined : [...emptyVariants.values()][0]",
      },
    ],
    caughtBy: gate,
  },
  {
    name: "variants: a key that an earlier version has stored is taken for another request",
    edits: [
      {
        file: "src/http/routes/buyers/place-hold.ts",
        find: "        qty,\n        customerId: customer.customerId,\n",
        replace: "        customerId: customer.customerId,\n        qty,\n",
      },
    ],
    caughtBy: keys,
  },
  {
    name: "variants: a price of its own that equals the product's is taken for the product's",
    edits: [
      {
        file: "src/wire/variant.ts",
        find: "own_price: variant.priceMinor !== null,",
        replace: "own_price: priceMinor !== product.priceMinor,",
      },
    ],
    caughtBy: { file: "test/http/variants.test.ts", test: "keeps a price of its own" },
  },
  {
    name: "variants: the names of options are not checked",
    edits: [{ file: "src/wire/variant.ts", find: "  propertyNames: Label,\n", replace: "" }],
    caughtBy: requests,
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
    caughtBy: { file: "test/store/guards.test.ts", test: "a batch waits for its lock" },
  },
  {
    name: "variants: the variants are read before the product's row is locked",
    edits: [
      {
        file: "src/store/batch/load.ts",
        find: "  const [locked] = await Promise.all([lockProduct(tx, productId), ...loadNamedRows(tx, loading, known)])\n",
        replace:
          "  const named = Promise.all(Array.from(loadNamedRows(tx, loading, known)))\n  const locked = await lockProduct(tx, productId)\n  await named\n",
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
    name: "variants: what is remembered is used for every version of the product",
    edits: [
      {
        file: "src/store/batch/known-variants.ts",
        find: "isSameRow(known, locked)",
        replace: "true",
      },
    ],
    caughtBy: { file: "test/store/known-variants.test.ts", test: "two processes in turn" },
  },
  {
    name: "variants: variants changed by hand are not noticed",
    edits: [
      {
        file: "src/store/batch/save-product.ts",
        find: "           and variants.stock = v.stock_before\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/known-variants.test.ts", test: "changed by hand" },
  },
  {
    name: "variants: a batch that was decided with stale variants is not tried again",
    edits: [
      {
        file: "src/store/errors.ts",
        find: " || error instanceof StaleMemory) return true",
        replace: ") return true",
      },
    ],
    caughtBy: { file: "test/store/known-variants.test.ts", test: "changed by hand" },
  },
  {
    name: "variants: a failed batch leaves its variants remembered",
    edits: [
      {
        file: "src/store/batch/product-store.ts",
        find: "productIds.filter((productId) => known.forget(productId))",
        replace: "productIds",
      },
    ],
    caughtBy: { file: "test/store/known-variants.test.ts", test: "changed by hand" },
  },
  {
    name: "variants: the gate forgets what is all held when another variant sells",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "isUnread ? stillAhead(before?.deadline, now)",
        replace: "isUnread ? undefined",
      },
    ],
    caughtBy: { file: "test/lanes/gate.test.ts", test: "read no deadline, until the known one" },
  },
  {
    name: "variants: a customer's limit makes the next deadline now",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: "    (due > 0 && rows.length >= due) ||",
        replace: "    rows.length >= due ||",
      },
    ],
    caughtBy: { file: "test/store/reclaim-variants.test.ts", test: "customer at the limit" },
  },
  {
    name: "variants: a page of products has any number of variants",
    edits: [
      {
        file: "src/store/reads/views.ts",
        find: "       where variants_to_here <= $3\n",
        replace: "       where $3 > 0\n",
      },
    ],
    caughtBy: { file: "test/store/views.test.ts", test: "ends before their variants" },
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
