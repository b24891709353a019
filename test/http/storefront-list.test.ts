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

test("one listed product is what / shows; of several it is the list, with what is long over folded away", async () => {
  expect(await first()).toContain("No products yet.")
  const lamp = await offer(app, { name: "The lamp" })
  await offer(app, { name: "A draft", status: "draft" })
  await offer(app, { name: "Unlisted", status: "unlisted" })

  const only = await first()
  expect(only).toContain("<h1>The lamp</h1>")
  const { headers } = await app.get("/")
  const again = await app.get("/", { headers: { "if-none-match": String(headers["etag"]) } })
  expect(again.status).toBe(304)

  const over = await offer(app, { name: "Long over", opens_at: inHours(-30), closes_at: inHours(-25) })
  const ended = await offer(app, { name: "Just ended", closes_at: inHours(-1) })
  const later = await offer(app, { name: "Later", opens_at: inHours(30) })
  const sold = await offer(app, { name: "Sold out", stock: 0 })
  const list = await first()
  expect(linksIn(list)).toEqual([lamp.id, later.id, sold.id, ended.id, over.id])
  const [shown = "", folded = ""] = list.split("<details")
  expect(linksIn(shown)).toEqual([lamp.id, later.id, sold.id, ended.id])
  expect(folded).toContain("<summary>Ended sales</summary>")
  expect(folded.slice(0, folded.indexOf(">"))).not.toContain("open")
})

test("the next page begins where this one ends, and ended sales are open where there are no others", async () => {
  for (let count = 0; count < 20; count += 1)
    await offer(app, { opens_at: inHours(-60), closes_at: inHours(-50) })

  const list = await first()
  const path = /href="(\/\?cursor=[^"]+)"/.exec(list)?.[1] ?? ""
  const next = String((await app.get(decodeURIComponent(path))).body)

  expect(linksIn(list)).toHaveLength(20)
  expect(linksIn(next)).toHaveLength(5)
  expect(new Set([...linksIn(list), ...linksIn(next)]).size).toBe(25)
  expect(next).toMatch(/<details[^>]* open/)
})
