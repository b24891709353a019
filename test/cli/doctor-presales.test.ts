import { describe, expect, test } from "vitest"
import { phaseFaults } from "../../src/cli/doctor-presales.ts"
import { checkOffers } from "../../src/cli/doctor-selling.ts"
import { readConfig } from "../../src/config/read-config.ts"
import type { Phase } from "../../src/domain/access.ts"
import { afterNoon, NOON } from "../support/builders.ts"
import { openScopedDatabase } from "../support/rows.ts"
import { ADMIN_TOKEN, offer, startClosedApp } from "../support/shop.ts"

const PAYMENT_WEBHOOK_SECRET = "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU="
const everybody: Phase = { from: null, until: null, needs: null, maxPerCustomer: null }
const codes: Phase = { ...everybody, until: afterNoon(60), needs: { kind: "codes", set: "press" } }
const group: Phase = { ...everybody, needs: { kind: "group", group: "members" } }

describe("phases in which nobody can buy", () => {
  test.each<[string, Phase[], Partial<Parameters<typeof phaseFaults>[0]>, boolean, RegExp[]]>([
    ["for everybody", [everybody], {}, false, []],
    ["with codes", [codes], { sets: ["press"] }, false, []],
    [
      "without codes",
      [codes, everybody],
      { sets: ["vip"] },
      false,
      [/codes of “press”: the set has no code/],
    ],
    ["without codes, over", [{ ...codes, until: NOON }, everybody], {}, false, []],
    ["all over", [{ ...everybody, until: NOON }], {}, false, [/all its phases are over/]],
    ["a group", [group], { customer: "signed" }, true, []],
    ["a group without a secret", [group], { customer: "signed" }, false, [/CUSTOMER_SECRETS is not set/]],
    [
      "a group, mailboxes",
      [group],
      { customer: "email" },
      true,
      [/confirmed mailboxes, which are in no group/],
    ],
    [
      "a group, everybody, a limit",
      [group, everybody],
      { maxPerCustomer: 2 },
      true,
      [/again under other names/],
    ],
    ["a group, everybody, no limit", [group, everybody], {}, true, []],
  ])("%s", (_, phases, product, hasSecrets, expected) => {
    const usual = { customer: "any", maxPerCustomer: null, sets: [], now: NOON }
    const found = phaseFaults({ ...usual, ...product, phases }, hasSecrets)

    expect(found).toEqual(expected.map((text) => expect.stringMatching(text)))
  })
})

test("doctor sees products on sale with phases or variants, which look paused to servers of earlier versions", async () => {
  await using app = await startClosedApp()
  await using database = openScopedDatabase(app.databaseUrl)
  const config = readConfig({
    directory: "/nonexistent",
    environment: { ADMIN_TOKEN, PAYMENT_WEBHOOK_SECRET },
  })
  const found = async (check: string) =>
    (await checkOffers(database.views, config)).filter((finding) => finding.check === check)
  const limits = async () => (await found("limits for a buyer"))[0]?.found
  await app.send("PATCH", "/api/admin/products/1", { json: { max_per_hold: 1 }, token: ADMIN_TOKEN })
  expect(await found("phases")).toEqual([])

  const press = { needs: { codes: "press" } }
  const { id } = await offer(app, { name: "Presold", phases: [press] }, ADMIN_TOKEN)
  expect(await limits()).toBe("every product on sale has a limit")
  expect(await found("phases")).toEqual([
    {
      check: "phases",
      ok: true,
      weak: true,
      found: expect.stringContaining(
        `product ${id} (Presold): nobody can buy in the phase for codes of “press”`,
      ),
    },
  ])
  const made = await app.post(
    `/api/admin/products/${id}/codes`,
    { set: "press", count: 1 },
    { token: ADMIN_TOKEN },
  )
  expect(made.status).toBe(201)
  expect(await found("phases")).toEqual([
    { check: "phases", ok: true, found: "somebody can buy in each phase" },
  ])

  const change = (json: object) =>
    app.send("PATCH", `/api/admin/products/${id}`, { json, token: ADMIN_TOKEN })
  expect((await change({ phases: [press, {}] })).status).toBe(200)
  expect(await limits()).toContain(`product ${id} (Presold): set max_per_hold`)
  expect((await change({ phases: [press, { max_per_customer: 2 }] })).status).toBe(200)
  expect(await limits()).toBe("every product on sale has a limit")
  expect((await change({ paused: true, phases: [{}] })).status).toBe(200)
  expect(await limits()).toBe("every product on sale has a limit")

  const variants = [{ name: "41", stock: 2 }]
  const shoe = await app.post(
    "/api/admin/products",
    { name: "Shoe", price_minor: 100, currency: "EUR", variants },
    { token: ADMIN_TOKEN },
  )
  expect(await limits()).toContain(`product ${shoe.body.id} (Shoe): set max_per_hold`)
  await app.send("PATCH", `/api/admin/products/${shoe.body.id}`, {
    json: { status: "draft" },
    token: ADMIN_TOKEN,
  })
  expect(await limits()).toBe("every product on sale has a limit")
})
