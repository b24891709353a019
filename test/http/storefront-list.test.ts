import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestApp, type TestApp } from "../support/app.ts"
import { offer } from "../support/shop.ts"

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ seed: false })
})
afterAll(() => app[Symbol.asyncDispose]())

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

async function first(): Promise<string> {
  // Lists are remembered for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_050))
  return String((await app.get("/")).body)
}

const linksIn = (html: string) => [...html.matchAll(/href="\/p\/(\d+)"/g)].map(([, id]) => Number(id))

test("one listed product is what / shows; of several it is the list, with sales that ended a day ago in a folded part", async () => {
  expect(await first()).toContain("No products yet.")
  const lamp = await offer(app, { name: "The lamp" })
  await offer(app, { name: "A draft", status: "draft" })
  await offer(app, { name: "Unlisted", status: "unlisted" })

  const only = await first()
  expect(only).toContain("<h1>The lamp</h1>")
  const { headers } = await app.get("/")
  const again = await app.get("/", { headers: { "if-none-match": String(headers["etag"]) } })
  expect(again.status).toBe(304)
  // While the list is remembered that had it alone, it leaves nothing behind.
  const become = (status: string) => app.send("PATCH", `/api/admin/products/${lamp.id}`, { json: { status } })
  await become("archived")
  const gone = String((await app.get("/")).body)
  expect(gone).toContain("</html>")
  expect(gone).not.toContain("<h1>The lamp</h1>")
  await become("listed")

  const over = await offer(app, { name: "Long over", opens_at: inHours(-30), closes_at: inHours(-25) })
  const ended = await offer(app, { name: "Just ended", closes_at: inHours(-1) })
  const later = await offer(app, { name: "Later", opens_at: inHours(30) })
  const sold = await offer(app, { name: "Sold out", stock: 0 })
  const list = await first()
  expect(linksIn(list)).toEqual([lamp.id, later.id, sold.id, ended.id, over.id])
  const parts = (page: string) => page.split("<details")
  const isOpen = (part: string) => part.slice(0, part.indexOf(">")).includes("open")
  const [shown = "", endedPart = ""] = parts(list)
  expect([linksIn(shown), linksIn(endedPart)]).toEqual([[lamp.id, later.id, sold.id, ended.id], [over.id]])
  expect(endedPart).toContain("<summary>Ended sales</summary>")
  expect(isOpen(endedPart)).toBe(false)
})

test("a shop may keep products off its lists until they open; their pages are there all the same", async () => {
  await offer(app)
  const later = await offer(app, { name: "Surprise", opens_at: inHours(3) })
  const listed = async () => {
    const { body } = await app.get("/api/products?limit=100")
    return body.data.map(({ id }: { id: number }) => id).includes(later.id)
  }
  expect([await listed(), linksIn(await first()).includes(later.id)]).toEqual([true, true])

  const changed = await app.send("PATCH", "/api/admin/shop", { json: { lists_scheduled: false } })
  expect(changed).toMatchObject({ status: 200, body: { lists_scheduled: false } })

  expect([await listed(), linksIn(await first()).includes(later.id)]).toEqual([false, false])
  expect((await app.get(`/p/${later.id}`)).status).toBe(200)
  expect((await app.get(`/api/admin/products?limit=100`)).body.data).toContainEqual(
    expect.objectContaining({ id: later.id }),
  )
  await app.send("PATCH", `/api/admin/products/${later.id}`, { json: { opens_at: inHours(-1) } })
  expect([await listed(), linksIn(await first()).includes(later.id)]).toEqual([true, true])
  await app.send("PATCH", "/api/admin/shop", { json: { lists_scheduled: true } })
})

test("the next page begins where this one ends, and ended sales are open where there are no others", async () => {
  for (let count = 0; count < 21; count += 1)
    await offer(app, { opens_at: inHours(-60), closes_at: inHours(-50) })
  const { body } = await app.get("/api/products?limit=100")
  const all: number[] = body.data.map(({ id }: { id: number }) => id)

  const list = await first()
  const path = /href="(\/\?cursor=[^"]+)"/.exec(list)?.[1] ?? ""
  const next = String((await app.get(decodeURIComponent(path))).body)

  expect(linksIn(list)).toHaveLength(20)
  const both = [...linksIn(list), ...linksIn(next)]
  expect(both.toSorted((one, other) => one - other)).toEqual(all)
  expect(next).toMatch(/<details[^>]* open/)
})
