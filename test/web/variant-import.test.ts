import { expect, test } from "vitest"
import type { ShopProduct } from "../../client/src/index.ts"
import { csvOfVariants } from "../../web/admin/variant-cells.ts"
import { planImport } from "../../web/admin/variant-import.ts"
import { lamp, variant } from "./product.ts"

const shoe: ShopProduct = {
  ...lamp,
  variants: [
    variant(1, "41", { sku: "R-41", options: { size: "41" } }),
    variant(2, "42"),
    variant(3, "Red", { sku: "S-1" }),
    variant(4, "Red", { sku: "S-2", own_price: true }),
    variant(5, "Shirt", { sku: "T-1" }),
    variant(6, "Poster", { sku: "T-1" }),
  ],
}
const HEAD = "name,sku,options,price,stock\n"
const fresh: ShopProduct = { ...lamp, reserved_stock: 0, sold_stock: 0 }

/** The plan of one line for the shoe. */
function planned(line: string) {
  const { fault, lines } = planImport(HEAD + line, shoe)
  expect(fault).toBeNull()
  return lines[0]
}

test.each([
  ["43,R-43,size=43; colour=red,139.00,30", "stock 30, price €139.00, SKU R-43, size=43; colour=red"],
  ["43,,,,0", "stock 0, the product's price"],
  // Another SKU is another article, even of the same name.
  ["41,R-41-B,,,5", "stock 5, the product's price, SKU R-41-B"],
])("%s is a new variant: %s", (line, text) => {
  const plan = planned(line)
  expect(plan).toMatchObject({ kind: "new", line: 2 })
  expect(plan?.kind === "new" && plan.texts.join(", ")).toBe(text)
})

test("a new variant is sent with what the line gives, and nothing else", () => {
  expect(planned("43,,,,3")).toMatchObject({ variant: { name: "43", stock: 3 } })
  expect(planned("43,R-43,size=43,1,3")).toMatchObject({
    variant: { name: "43", sku: "R-43", options: { size: "43" }, price_minor: 100, stock: 3 },
  })
})

test.each<[string, number, object, object | null, string]>([
  ["41,,,,30", 1, {}, { stock: 30, expected: 20 }, "stock 20 → 30"],
  ["41 EU,R-41,,,", 1, { name: "41 EU" }, null, "name 41 → 41 EU"],
  [
    "42,R-42,size=42,,",
    2,
    { sku: "R-42", options: { size: "42" } },
    null,
    "SKU none → R-42, options none → size=42",
  ],
  ["41,,,139.5,", 1, { price_minor: 13_950 }, null, "price €129.00 (the product's) → €139.50"],
  // A price in the file is the variant's own: it stays when the product's changes.
  ["41,,,129.00,", 1, { price_minor: 12_900 }, null, "price €129.00 (the product's) → €129.00"],
  ["Red,S-2,,139,", 4, { price_minor: 13_900 }, null, "price €129.00 → €139.00"],
  ["Red,S-2,,,12", 4, {}, { stock: 12, expected: 20 }, "stock 20 → 12"],
  // A known SKU names the variant, and an empty name changes nothing.
  [",R-41,,,18", 1, {}, { stock: 18, expected: 20 }, "stock 20 → 18"],
])("%s changes variant %i", (line, variantId, changes, stock, text) => {
  const plan = planned(line)
  expect(plan).toMatchObject({ kind: "changed", variantId, stock })
  expect(plan?.kind === "changed" && plan.changes).toEqual(changes)
  expect(plan?.kind === "changed" && plan.texts.join(", ")).toBe(text)
})

test.each(["41,,,,", "41,R-41,size=41,,20", "Red,S-2,,129.00,", "42,,,,20"])("%s changes nothing", (line) => {
  expect(planned(line)).toMatchObject({ kind: "same" })
})

test.each([
  [",R-9,,,5", "No variant has the SKU “R-9”, and a new variant needs a name."],
  [",,,,5", "Give the variant's name or its SKU."],
  [
    "Shirt,T-1,,,5",
    "2 variants have the SKU “T-1”: Shirt, Poster. Change it in the control room, so that each has its own.",
  ],
  ["43,,,,", "stock: A new variant needs a stock."],
  ["43,,,,5.5", "stock: Enter a whole number, 0 or more."],
  ["43,,,,-1", "stock: Enter a whole number, 0 or more."],
  ["43,,,,1000000001", "stock: The number is too large."],
  ["41,,,,11", "stock: 12 units are held or sold; the stock cannot be lower."],
  [
    "43,,,1.299,5",
    "price: “1.299” is not understood. Enter a price such as 129 or 129.00, with at most 2 decimals.",
  ],
  ["43,,,90000000.01,5", "price: The number is too large."],
  ["43,,size,,5", "options: Write options as size=42; colour=red."],
  ["Red,,,,5", "Several variants are named “Red”. Give the SKU as well."],
  // A decimal comma that is not in quotes makes one cell more.
  [
    "43,,,129,00,5",
    'The line has 6 cells, the first one 5. Put a cell that contains the separator in quotes, such as "dark, red". A price with a decimal comma also makes two cells.',
  ],
  ['43,"R"x,,,5', `Text follows a closing quote. Write a quote inside of quotes twice: "".`],
  [`${"x".repeat(256)},,,,5`, "name: Use 255 characters at most."],
])("%s is faulty: %s", (line, fault) => {
  expect(planned(line)).toMatchObject({ kind: "faulty", line: 2, fault })
})

test.each([
  ["41,,,,30\n41 EU,R-41,,,31", "Line 2 is about the same variant."],
  ["43,,,,5\n43,,,,6", "Line 2 is about the same variant."],
  ["43,R-43,,,5\n44,R-43,,,6", "Line 2 is about the same variant."],
])("the second of two lines about one variant is faulty: %j", (text, fault) => {
  const { lines } = planImport(HEAD + text, shoe)
  expect(lines.map(({ kind }) => kind === "faulty")).toEqual([false, true])
  expect(lines[1]).toMatchObject({ fault, line: 3 })
})

test.each([
  // A mistyped SKU: the line was meant to change 41.
  ["41,R-14,,,30", "Another variant is named “41” too; its SKU is R-41."],
  ["41,R-43,,,30", "Another variant is named “41” too; its SKU is R-41."],
  ["42,R-41,,,", "Another variant is named “42” too."],
  ["42,R-42,,,", null],
  ["43,R-43,,,5", null],
])("%s is planned with the warning %s", (line, warning) => {
  expect(planned(line)).toMatchObject({ warning })
})

test("two new articles may have one name if their SKUs differ", () => {
  const { lines } = planImport(`${HEAD}43,A,,,5\n43,B,,,6`, shoe)
  expect(lines.map(({ kind }) => kind)).toEqual(["new", "new"])
})

test("the file as Excel writes it in Europe: a byte order mark, semicolons, CRLF, some of the columns in another order", () => {
  const { lines } = planImport("\uFEFFStock;Name;Price\r\n5;43;129,00\r\n7;44;130\r\n", shoe)
  expect(lines).toMatchObject([
    { kind: "new", line: 2, variant: { name: "43", stock: 5, price_minor: 12_900 } },
    { kind: "new", line: 3, variant: { name: "44", stock: 7, price_minor: 13_000 } },
  ])
})

test.each<[string, string, ShopProduct]>([
  ["", "The file is empty.", shoe],
  [
    "41,R-41\n42,R-42",
    "The first line must name the columns: name, sku, options, price, stock, picture, alt, position. “41” is none of them.",
    shoe,
  ],
  [
    "name,colour\n",
    "The first line must name the columns: name, sku, options, price, stock, picture, alt, position. “colour” is none of them.",
    shoe,
  ],
  ["name,name\n1,2", "The first line names a column twice.", shoe],
  ["options,stock\na=1,2", "The first line must have the column name or the column sku.", shoe],
  [HEAD, "The file has no line below the first one, which names the columns.", shoe],
  [HEAD + "a,,,,1\n".repeat(201), "The file has 201 lines; a product has 200 variants at most.", shoe],
  [
    HEAD + Array.from({ length: 195 }, (_, index) => `new ${index},,,,1`).join("\n"),
    "A product can have 200 variants; with this file it would have 201.",
    shoe,
  ],
  [
    `${HEAD}41,,,,1`,
    "6 units of this product are held or sold without a variant, so it cannot get variants. Create a new product.",
    lamp,
  ],
])("%j is refused as a whole", (text, fault, product) => {
  expect(planImport(text, product)).toEqual({ fault, lines: [] })
})

test("pictures, their descriptions and positions are set, and those that are the same change nothing", () => {
  const side = "https://shop.example/side.avif"
  const product = {
    ...lamp,
    variants: [variant(1, "41", { image_url: side, image_alt: "From the side" }), variant(2, "42")],
  }
  const { lines } = planImport(
    `name,stock,picture,alt,position\n41,,${side},From the side,1\n42,,${side},"Green, new",7\n43,5,${side},,0\n44,5,http://shop.example/a.png,,\n45,5,,,-1`,
    product,
  )
  expect(lines).toMatchObject([
    { kind: "same" },
    {
      kind: "changed",
      changes: { image_url: side, image_alt: "Green, new", position: 7 },
      texts: [`picture none → ${side}`, "description of the picture none → “Green, new”", "position 2 → 7"],
    },
    {
      kind: "new",
      variant: { name: "43", stock: 5, image_url: side, position: 0 },
      texts: ["stock 5", "the product's price", `picture ${side}`, "position 0"],
    },
    { kind: "faulty", fault: "picture: Enter an address that begins with https://." },
    { kind: "faulty", fault: "position: Enter a whole number, 0 or more." },
  ])
})

test("the file of the present variants changes nothing when it is uploaded again, whatever they are named", () => {
  const variants = [
    variant(1, '41, "wide"; red', { sku: "-41", options: { size: "41", colour: "red, dark" } }),
    variant(2, "=SUM(1)", { price: "129.00", own_price: true, image_url: "https://a.example/?b=c,d" }),
    variant(3, "Größe 3", { image_alt: "@home" }),
  ]
  const text = csvOfVariants(variants)
  expect(text.split("\r\n")).toEqual([
    "\uFEFFname,sku,options,price,stock,picture,alt,position",
    `"41, ""wide""; red",'-41,"size=41; colour=red, dark",,20,,,1`,
    `'=SUM(1),,,129.00,20,"https://a.example/?b=c,d",,2`,
    "Größe 3,,,,20,,'@home,3",
    "",
  ])
  const { fault, lines } = planImport(text, { ...lamp, variants })
  expect(fault).toBeNull()
  expect(lines.map(({ kind }) => kind)).toEqual(["same", "same", "same"])
})

test("a list of stock by SKU changes the variants and adds none", () => {
  const { fault, lines } = planImport("sku,stock\nR-41,12\nS-2,13\nR-9,14", shoe)
  expect(fault).toBeNull()
  expect(lines).toMatchObject([
    { kind: "changed", variantId: 1, name: "41", stock: { stock: 12 } },
    { kind: "changed", variantId: 4, name: "Red", stock: { stock: 13 } },
    { kind: "faulty", name: "R-9" },
  ])
})

test("a product without variants of which nothing is held or sold gets its first ones", () => {
  expect(planImport(`${HEAD}41,,,,1`, fresh).lines).toMatchObject([{ kind: "new" }])
})
