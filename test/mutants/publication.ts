import type { Mutant } from "./mutants.ts"

const file = "test/http/publication.test.ts"

/** Bugs in what hides a product from buyers. */
export const publicationMutants: readonly Mutant[] = [
  {
    name: "units of a draft can be held",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "if (product === null || isHidden(product)) return",
        replace: "if (product === null) return",
      },
    ],
    caughtBy: { file, test: "is unknown to buyers, in every place" },
  },
  {
    name: "the gate answers for an archived product what it remembers",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "if (isHidden(product) || (state",
        replace: "if ((state",
      },
    ],
    caughtBy: { file, test: "also where a server remembers that it is sold out" },
  },
  {
    name: "buyers can read a draft",
    edits: [
      {
        file: "src/http/routes/buyers/show-product.ts",
        find: "const isSecret = view !== null && isHidden(view.product)",
        replace: "const isSecret = false",
      },
    ],
    caughtBy: { file, test: "is unknown to buyers, in every place" },
  },
  {
    name: "the owner of a hold cannot read the product once it is archived",
    edits: [
      {
        file: "src/http/access/auth.ts",
        find: ' || (caller.kind === "owner" && caller.ownership.productId === productId)',
        replace: "",
      },
    ],
    caughtBy: { file, test: "lets the owners of its holds go on" },
  },
  {
    name: "a stream goes on with a product that is archived",
    edits: [
      {
        file: "src/http/live/product-channel.ts",
        find: "const frame = isHidden ? null : productFrame(",
        replace: "const frame = productFrame(",
      },
    ],
    caughtBy: { file, test: "ends the streams that watch it" },
  },
  {
    name: "lists name unlisted products",
    edits: [
      {
        file: "src/http/routes/buyers/list-products.ts",
        find: 'status: "listed", ',
        replace: "",
      },
    ],
    caughtBy: { file, test: "an unlisted product is on no list" },
  },
  {
    name: "a draft of which the sale is paused comes out of it resumed",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "coalesce(status_paused, phases_paused, variants_paused, paused)",
        replace: "coalesce(variants_paused, paused and status_paused is null)",
      },
    ],
    caughtBy: { file, test: "keeps whether its sale is paused" },
  },
  {
    name: "strangers see the preview of a draft",
    edits: [
      {
        file: "src/http/routes/buyers/preview-page.ts",
        find: 'gatekeeper.callerOf(request).kind !== "admin"',
        replace: 'gatekeeper.callerOf(request).kind === "owner"',
      },
    ],
    caughtBy: { file: "test/e2e/admin-publication.test.ts", test: "is for the shop alone" },
  },
  {
    name: "a comma before three digits of dinars is a decimal mark",
    edits: [
      {
        file: "web/shared/money.ts",
        find: ' && !(mark === "," && decimals.length === 3)',
        replace: "",
      },
    ],
    caughtBy: { file: "test/web/money.test.ts", test: "minor units" },
  },
  {
    name: "closed mode puts the demonstration product on sale",
    edits: [
      {
        file: "src/seed.ts",
        find: "return adminToken === null\n",
        replace: "return adminToken !== undefined\n",
      },
    ],
    caughtBy: { file: "test/http/modes.test.ts", test: "closed mode puts nothing on sale" },
  },
  {
    name: "of the sales that open later, the last one comes first",
    edits: [
      {
        file: "src/store/reads/storefront-list.ts",
        find: "when opens_at > statement_timestamp() then (extract",
        replace: "when opens_at > statement_timestamp() then -(extract",
      },
    ],
    caughtBy: { file: "test/store/storefront-list.test.ts", test: "on sale, then what opens" },
  },
  {
    name: "the next page of the list repeats a product of this one",
    edits: [
      {
        file: "src/store/reads/storefront-list.ts",
        find: "where (rank, place, listed_id) > (",
        replace: "where (rank, place, listed_id) >= (",
      },
    ],
    caughtBy: { file: "test/http/storefront-list.test.ts", test: "the next page begins where this one ends" },
  },
  {
    name: "a shop with one product has a list all the same",
    edits: [
      {
        file: "src/http/routes/buyers/storefront-pages.ts",
        find: "onlyId: isOnly ?",
        replace: "onlyId: !isOnly ?",
      },
    ],
    caughtBy: { file: "test/http/storefront-list.test.ts", test: "one listed product is what / shows" },
  },
  {
    name: "the API lists products before they open, although the shop does not want it",
    edits: [
      {
        file: "src/http/routes/buyers/list-products.ts",
        find: ", withScheduled })",
        replace: ", withScheduled: true || withScheduled })",
      },
    ],
    caughtBy: { file: "test/http/storefront-list.test.ts", test: "until they open" },
  },
  {
    name: "publication: the preview leads to no other language",
    edits: [
      {
        file: "src/http/routes/buyers/storefront-pages.ts",
        find: "...page }, previewPath(id, state))",
        replace: "...page }, null)",
      },
    ],
    caughtBy: { file: "test/e2e/admin-publication.test.ts", test: "the preview of a draft is for" },
  },
  {
    name: "publication: the preview of a scheduled sale shows it before it opens",
    edits: [
      {
        file: "src/http/routes/buyers/preview-states.ts",
        find: "!hasPassed(opensAt, now)) return opensAt",
        replace: "!hasPassed(opensAt, now)) return now",
      },
    ],
    caughtBy: {
      file: "test/e2e/preview.test.ts",
      test: "shows the page before the sale, on sale and sold out",
    },
  },
]
