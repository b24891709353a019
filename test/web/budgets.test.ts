import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { languageTags } from "../../client/src/languages.ts"
import type { Product, Variant } from "../../client/src/index.ts"
import { loadPages } from "../../src/site/built-pages.ts"
import { plainShop, wholeShop } from "./shop-data.ts"

/** The largest sizes of a page, for a phone with a bad connection: its document, then its scripts and styles. */
const HTML_BYTES = 14_000
const SCRIPTS_BYTES = 45_000
const STYLES_BYTES = 6_000

const product: Product = {
  id: 1,
  name: "Desk lamp No. 4",
  description: "Spun steel, brass joint. ".repeat(80),
  image_url: "https://shop.example/lamp.avif",
  price: "129.00",
  price_minor: 12_900,
  currency: "EUR",
  stock: 240,
  available_stock: 100,
  reserved_stock: 40,
  sold_stock: 100,
  sale_state: "open",
  opens_at: "2026-11-27T12:00:00.000Z",
  closes_at: "2026-11-27T13:00:00.000Z",
  max_per_hold: 2,
  max_per_customer: 2,
  hold_ttl_seconds: 120,
  server_time: "2026-11-27T12:00:00.000Z",
}

const size: Variant = {
  id: 1,
  name: "36",
  sku: "R-36",
  options: { size: "36" },
  position: 1,
  image_url: null,
  price: "129.00",
  price_minor: 12_900,
  own_price: false,
  stock: 20,
  available_stock: 10,
  reserved_stock: 4,
  sold_stock: 6,
  sale_state: "open",
  max_per_hold: null,
  enabled: true,
}
const shoe: Product = {
  ...product,
  variants: Array.from({ length: 12 }, (_, index) => ({ ...size, id: index + 1 })),
}

async function builtPages() {
  const pages = await loadPages()
  if (pages === null) throw new Error("the pages have not been built")
  return pages
}

test.each([...languageTags.map((tag) => `storefront/entries/${tag}.ts`), "admin/browser.tsx"])(
  "the files that %s loads are within their budgets",
  async (entry) => {
    const { assetsDirectory } = await builtPages()
    const manifest = JSON.parse(await readFile(join(assetsDirectory, "manifest.json"), "utf8"))
    const loaded = [...new Set(filesOf(manifest, entry))]
    const bytesOf = async (end: string) => {
      const files = loaded.filter((name) => name.endsWith(end))
      expect(files.length).toBeGreaterThan(1)
      const sizes = await Promise.all(
        files.map(async (name) => (await stat(join(assetsDirectory, `${name}.br`))).size),
      )
      return sizes.reduce((sum, size) => sum + size, 0)
    }
    expect(await bytesOf(".js")).toBeLessThan(SCRIPTS_BYTES)
    expect(await bytesOf(".css")).toBeLessThan(STYLES_BYTES)
  },
)

// What only some visitors load, after the page itself.
test.each([
  ["storefront/details-form.tsx", 6_000],
  ["storefront/order-details.tsx", 3_000],
  ["storefront/qr-code.tsx", 8_000],
  ["storefront/mailbox-form.tsx", 2_500],
  ["storefront/altcha-widget.ts", 28_000],
])("the script of %s has at most %i bytes", async (entry, most) => {
  const { assetsDirectory } = await builtPages()
  const manifest = JSON.parse(await readFile(join(assetsDirectory, "manifest.json"), "utf8"))
  const { file } = manifest[entry] as Chunk
  expect((await stat(join(assetsDirectory, `${file}.br`))).size).toBeLessThanOrEqual(most)
})

interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

/** The files of a page: its script, the scripts that it imports, and their styles. */
function filesOf(manifest: Readonly<Record<string, Chunk>>, entry: string): readonly string[] {
  const { file, css = [], imports = [] } = manifest[entry] ?? { file: `no ${entry}` }
  return [file, ...css, ...imports.flatMap((imported) => filesOf(manifest, imported))]
}

const payment = { kind: "simulator", url: "/simulator" } as const

test.each([
  ["no variants", product],
  ["twelve sizes", shoe],
])("a page with the longest description and %s fits in the first packets", async (_, product) => {
  const pages = await builtPages()
  const html = pages.render({ shop: plainShop, kind: "product", product, payment }, "en", null)
  expect(Buffer.byteLength(html)).toBeLessThan(HTML_BYTES)
})

test("of a page of six languages with the longest words, all that is shown does", async () => {
  const pages = await builtPages()
  const offer = { tags: languageTags, path: "/p/1" }
  const html = pages.render(
    { shop: plainShop, kind: "product", product: shoe, payment: null, offer },
    "ar",
    null,
  )
  // Arabic letters take two bytes each.
  const [shown = "", ...rest] = html.split('<script type="application/json"')
  expect(rest).toHaveLength(1)
  expect(Buffer.byteLength(shown)).toBeLessThan(HTML_BYTES)
})

test.each([
  ["no variants", product],
  ["twelve sizes", shoe],
])("with %s and all that a shop can set, all that is shown does, footer included", async (_, product) => {
  const pages = await builtPages()
  const html = pages.render(
    { shop: wholeShop, kind: "product", product, payment },
    "en",
    "https://shop.example",
  )
  const [shown = "", ...rest] = html.split('<script type="application/json"')
  expect([rest.length, shown.includes("</footer>")]).toEqual([1, true])
  expect(Buffer.byteLength(shown)).toBeLessThan(HTML_BYTES)
})

test("a page contains nothing that its content security policy forbids", async () => {
  const pages = await builtPages()
  const html = pages.render({ shop: wholeShop, kind: "product", product, payment: null }, "en", null)
  expect(html).not.toMatch(/ style=| on[a-z]+=|<style|javascript:/)
  expect(html.match(/<script[^>]*>/g)).toEqual([
    expect.stringMatching(/^<script type="module" src="\/assets\/[\w-]+\.js">$/),
    '<script type="application/json" id="page-data">',
  ])
})

test("texts of the shop are escaped everywhere", async () => {
  const pages = await builtPages()
  const name = `</script><script>alert("1")</script><img src=x onerror=alert(1)> & 'more'`
  const html = pages.render(
    {
      shop: plainShop,
      kind: "product",
      product: {
        ...product,
        name,
        description: name,
        variants: [{ ...size, name, options: { [name]: name } }],
      },
      payment: null,
    },
    "en",
    null,
  )
  expect(html).not.toContain("<script>alert")
  expect(html).not.toContain("<img src=x")
  const data = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? ""
  expect(JSON.parse(data).product.name).toBe(name)
})
