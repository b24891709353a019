import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { TestApp } from "../support/app.ts"
import "../support/problem.ts"
import { complaintsAbout } from "../support/problem.ts"
import { ADMIN_TOKEN, hold, offer, order, startClosedApp } from "../support/shop.ts"
import { openStream } from "../support/stream.ts"

const shop = { token: ADMIN_TOKEN }
const numbers = { sku: "L-1", external_id: "wc-4711" }

let app: TestApp
beforeAll(async () => {
  app = await startClosedApp()
})
afterAll(() => app[Symbol.asyncDispose]())

const offerWith = (settings: object) => offer(app, settings, ADMIN_TOKEN)

function change(id: number, changes: object) {
  return app.send("PATCH", `/api/admin/products/${id}`, { json: changes, ...shop })
}

describe("the shop's own numbers of a product", () => {
  test("are given, changed alone and removed", async () => {
    const made = await offerWith(numbers)
    expect(made).toMatchObject(numbers)

    expect((await change(made.id, { external_id: "wc-4712" })).body).toMatchObject({
      sku: "L-1",
      external_id: "wc-4712",
    })
    expect((await app.get(`/api/admin/products/${made.id}`, shop)).body.external_id).toBe("wc-4712")

    const { body } = await change(made.id, { sku: null, external_id: null })
    expect(Object.keys(body)).toEqual(Object.keys(await offerWith({})))
  })

  test.each([
    ["/sku", { sku: "" }],
    ["/sku", { sku: "x".repeat(256) }],
    ["/external_id", { external_id: "two\nlines" }],
    ["/external_id", { external_id: 4_711 }],
  ])("are one line of text each; refused at %s: %j", async (pointer, given) => {
    const lamp = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 1 }
    const refused = await app.post("/api/admin/products", { ...lamp, ...given }, shop)
    expect(refused).toBeProblem(422, "invalid_request", complaintsAbout(pointer))
  })

  test("buyers read the number of the article, and nowhere what another system calls it", async () => {
    const { id } = await offerWith({ sku: "SECOND-7", external_id: "internal-7" })
    using stream = await openStream(app.url, id)
    const { text } = await stream.seen(({ data }) => data.id === id)
    // A page of the list, from this product on.
    const list = (await app.get(`/api/products?limit=1&cursor=${id - 1}`)).body

    const read = [text, list, (await app.get(`/api/products/${id}`)).body, (await app.get(`/p/${id}`)).body]
    for (const answer of read.map((body) => JSON.stringify(body))) {
      expect(answer).toContain("SECOND-7")
      expect(answer).not.toContain("internal-7")
    }
  })

  test("find products, all of them that have one", async () => {
    const [first, other, again] = [
      await offerWith({ sku: "ART-1", external_id: "p-1" }),
      await offerWith({ sku: "ART-2", external_id: "p-1" }),
      await offerWith({ sku: "ART-1", external_id: "p-2", status: "draft" }),
    ]
    const found = async (query: string) =>
      (await app.get(`/api/admin/products?${query}`, shop)).body.data.map(({ id }: { id: number }) => id)

    expect(await found("sku=ART-1")).toEqual([first.id, again.id])
    expect(await found("external_id=p-1")).toEqual([first.id, other.id])
    expect(await found("external_id=p-1&sku=ART-1")).toEqual([first.id])
    expect(await found("sku=art-1")).toEqual([])
    expect(await app.get("/api/admin/products?external_id=%00", shop)).toBeProblem(422, "invalid_request")
  })
})

describe("the orders' CSV", () => {
  async function csvOf({ id, variants }: { id: number; variants?: { id: number }[] }): Promise<string[]> {
    const variant = variants === undefined ? {} : { variant_id: variants[0]?.id }
    const { hold_id, token } = await hold(app, id, 1, variant)
    await order(app, hold_id, token)
    const { body } = await app.get(`/api/admin/orders.csv?product_id=${id}`, shop)
    return String(body).trimEnd().split("\r\n")
  }

  test("has the product's numbers in each row", async () => {
    const [heading, row] = await csvOf(await offerWith({ sku: "L-1", external_id: "=wc" }))
    expect(heading).toMatch(
      /,variant_id,sku,variant_name,reference,metadata,order_refunded,product_external_id$/,
    )
    expect(row).toMatch(/Z,,L-1,,,,,'=wc$/)
  })

  test("keeps the variant's number where there is one, and its columns where no product has an external id", async () => {
    const [heading, row] = await csvOf(
      await offerWith({ sku: "SHOE", stock: undefined, variants: [{ name: "41", sku: "R-41", stock: 1 }] }),
    )
    expect(heading).toMatch(/,order_refunded$/)
    expect(row).toMatch(/,R-41,41,,,$/)
  })
})
