import type { Mutant } from "./mutants.ts"

const routes = "test/http/product-content.test.ts"
const memory = "test/store/content-memory.test.ts"

/** Bugs in the pictures and texts of products. */
export const productContentMutants: readonly Mutant[] = [
  {
    name: "content: who has not paid reads the text for buyers",
    edits: [
      {
        file: "src/http/routes/buyers/show-order.ts",
        find: 'if (order.status !== "paid") return json',
        replace: "",
      },
    ],
    caughtBy: { file: routes, test: "only who has paid" },
  },
  {
    name: "content: everybody reads that of a draft",
    edits: [
      {
        file: "src/http/routes/buyers/show-product-content.ts",
        find: "const isSecret = view !== null && isHidden(view.product)",
        replace: "const isSecret = view !== null && isHidden(view.product) && view.product.id < 0",
      },
    ],
    caughtBy: { file: routes, test: "of a draft or an archived product is for the shop" },
  },
  {
    name: "content: a change of something older is made",
    edits: [
      {
        file: "src/http/routes/admin/products/product-content.ts",
        find: "expected === undefined || isKnown",
        replace: "expected !== undefined || isKnown",
      },
    ],
    caughtBy: { file: routes, test: "has an ETag" },
  },
  {
    name: "content: a page that was rendered before a change is shown after it",
    edits: [
      {
        file: "src/http/routes/buyers/product-pages.ts",
        find: "-${build}${own}",
        replace: "-${build}",
      },
    ],
    caughtBy: { file: routes, test: "show the texts in their language" },
  },
  {
    name: "content: a read that was under way undoes a write",
    edits: [
      {
        file: "src/store/reads/content-memory.ts",
        find: "if (now === undefined || now === before.get(id))",
        replace: "if (before.size > 0 || now === undefined)",
      },
    ],
    caughtBy: { file: memory, test: "a write of this process wins" },
  },
  {
    name: "content: it is read once and never again",
    edits: [
      {
        file: "src/store/reads/content-memory.ts",
        find: "const MEMORY_MS = 2_000",
        replace: "const MEMORY_MS = Infinity",
      },
    ],
    caughtBy: { file: memory, test: "each product is read once in two seconds" },
  },
  {
    name: "content: a page fails while the database does not answer",
    edits: [
      {
        file: "src/store/reads/content-memory.ts",
        find: "if (last === undefined) throw error",
        replace: "throw error",
      },
    ],
    caughtBy: { file: memory, test: "pages show what was read last" },
  },
  {
    name: "content: a live update shows the product's own texts in the place of the page's",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "data.content === undefined ? update",
        replace: "data.content !== undefined ? update",
      },
    ],
    caughtBy: { file: "test/e2e/pictures.test.ts", test: "stay in the page's language" },
  },
  {
    name: "content: an address that is not https becomes a link",
    edits: [{ file: "src/base/prose-text.ts", find: "\\((https:\\/\\/", replace: "\\((\\w+:\\/?\\/?" }],
    caughtBy: { file: "test/base/prose-text.test.ts", test: "has no address" },
  },
  {
    name: "content: seed --fresh leaves the details of buyers",
    edits: [
      {
        file: "src/store/upkeep/housekeeping.ts",
        find: "orders, order_details, mails,",
        replace: "orders, mails,",
      },
    ],
    caughtBy: { file: "test/store/housekeeping.test.ts", test: "has nothing of its products" },
  },
]
