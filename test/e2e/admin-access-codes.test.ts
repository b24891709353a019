import { readFile } from "node:fs/promises"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Role } from "../../client/src/admin.ts"
import type { TestApp } from "../support/app.ts"
import { findFaults, launchBrowser, leavesOutBrowser } from "../support/browser.ts"
import { addOperator } from "../support/operators.ts"
import { ADMIN_TOKEN, offer, productNow, startClosedApp } from "../support/shop.ts"
import { sees, signIn, watchedPage, type WatchedPage } from "./admin-browser.ts"

describe.skipIf(leavesOutBrowser())(
  "phases and access codes in the control room",
  { timeout: 120_000 },
  () => {
    let app: TestApp
    let browser: Browser
    const open: WatchedPage[] = []
    beforeAll(async () => {
      app = await startClosedApp()
      browser = await launchBrowser()
    })
    afterAll(async () => {
      await browser.close()
      await app[Symbol.asyncDispose]()
    })

    /** Signs an operator of this role in, to a browser of its own, and opens the path. */
    async function comes(role: Role, path: string): Promise<Page> {
      const { token } = await addOperator(app, { name: `The ${role} ${open.length}`, role })
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        locale: "en",
        timezoneId: "UTC",
      })
      const watched = await watchedPage(context)
      open.push(watched)
      await watched.page.goto(`${app.url}${path}`)
      await signIn(watched.page, token)
      return watched.page
    }
    const confirm = async (page: Page, name: string) => {
      await page.getByRole("dialog").getByRole("button", { name }).click()
      await page.getByRole("dialog").waitFor({ state: "detached" })
    }
    const addCodes = async (id: number, codes: readonly string[]) => {
      const body = { set: "press", codes, units: 2 }
      const answer = await app.post(`/api/admin/products/${id}/codes`, body, { token: ADMIN_TOKEN })
      expect(answer.status).toBe(201)
    }

    test("a manager sets the phases of a product, and removes one", async () => {
      const { id } = await offer(app, { name: "Lamp" }, ADMIN_TOKEN)
      const page = await comes("manager", `/admin/p/${id}/edit`)
      await sees(page, "Without phases everybody may buy")
      await page.getByRole("button", { name: "Add a phase" }).click()
      const first = page.getByRole("group", { name: "Phase 1" })
      await first.getByLabel("Who").selectOption("codes")
      await first.getByLabel("Set of codes").fill("press")
      await first.getByLabel("From").fill("2036-12-01T10:00:00")
      await first.getByLabel("Until").fill("2036-12-01T09:00:00")
      await sees(page, "The phase ends before it begins.")
      await first.getByLabel("Until").fill("2036-12-01T10:10:00")
      await first.getByLabel("Limit per customer").fill("2")
      await page.getByRole("button", { name: "Add a phase" }).click()
      await page.getByRole("group", { name: "Phase 2" }).getByLabel("From").fill("2036-12-01T10:10:00")
      expect(await findFaults(page)).toEqual([])
      await page.getByRole("button", { name: "Save" }).click()
      await sees(page, "Change who may buy Lamp?")
      expect(await findFaults(page)).toEqual([])
      await page.getByRole("button", { name: "Save the change" }).click()
      await sees(
        page,
        "May buy: access code of “press”, from 2036-12-01 10:00:00, until 2036-12-01 10:10:00, 2 per customer",
      )

      const press = {
        from: "2036-12-01T10:00:00.000Z",
        until: "2036-12-01T10:10:00.000Z",
        needs: { codes: "press" },
        max_per_customer: 2,
      }
      expect((await productNow(app, id)).phases).toEqual([
        press,
        { from: "2036-12-01T10:10:00.000Z", until: null, needs: null, max_per_customer: null },
      ])
      await page.goto(`${app.url}/admin/p/${id}/edit`)
      await page.getByRole("button", { name: "Remove phase 2" }).click()
      await page.getByRole("button", { name: "Save" }).click()
      await page.waitForURL(`${app.url}/admin/p/${id}`)
      expect((await productNow(app, id)).phases).toEqual([press])
    })

    test("codes are made, downloaded once, uploaded, looked up and revoked", async () => {
      const { id } = await offer(app, { phases: [{ needs: { codes: "press" } }] }, ADMIN_TOKEN)
      const page = await comes("manager", `/admin/p/${id}`)
      await page.getByRole("link", { name: "Access codes" }).click()
      await sees(page, "No access codes yet.")
      await page.getByRole("button", { name: "Make codes…" }).click()
      await page.getByLabel("How many codes").fill("3")
      await page.getByLabel("Units for each code").fill("2")
      await confirm(page, "Make the codes")
      await sees(page, "Download them now: they are not shown again.")
      expect(await findFaults(page)).toEqual([])
      const download = page.waitForEvent("download")
      await page.getByRole("link", { name: "Download codes (CSV)" }).click()
      const file = await download
      expect(file.suggestedFilename()).toBe(`codes-${id}-press.csv`)
      const [heading, code = "", ...others] = (await readFile(await file.path(), "utf8")).trim().split("\r\n")
      expect([heading, others.length]).toEqual(["code", 2])
      await page.getByRole("button", { name: "I have stored them" }).click()
      expect(await page.getByText("Download").count()).toBe(0)
      const held = await app.post("/api/holds", { product_id: id, qty: 1, access_code: code })
      expect(held.status).toBe(201)

      await page.getByRole("button", { name: "Upload codes…" }).click()
      await page.getByLabel("Codes", { exact: true }).fill("code;name\nVIP-2026-A;Ann\nVIP-2026-B;Ben\n")
      await sees(page, "2 codes")
      await confirm(page, "Add the codes")
      await sees(page, "2 codes added to “press”")
      await page.getByRole("row", { name: "press 5 1 0 8 1" }).waitFor()

      await page.getByLabel("Code", { exact: true }).fill(code.toLowerCase())
      await page.getByRole("button", { name: "Look up" }).click()
      await sees(page, "1 of 2 units used")
      await page.getByRole("button", { name: "Revoke…" }).click()
      await confirm(page, "Revoke the code")
      await sees(page, / Revoked \d{4}-/)
      expect(await page.getByRole("button", { name: "Revoke…" }).count()).toBe(0)
      expect((await app.post("/api/holds", { product_id: id, qty: 1, access_code: code })).status).toBe(403)
      await page.getByLabel("Code", { exact: true }).fill("NO-SUCH-CODE")
      await page.getByRole("button", { name: "Look up" }).click()
      await page.getByRole("alert").waitFor()
    })

    test("the support looks a code up and revokes none; a viewer sees counts alone", async () => {
      const { id } = await offer(app, { phases: [{ needs: { codes: "press" } }] }, ADMIN_TOKEN)
      await addCodes(id, ["VIP-2026-A"])
      const support = await comes("support", `/admin/p/${id}/codes`)
      await support.getByLabel("Code", { exact: true }).fill("vip2026a")
      await support.getByRole("button", { name: "Look up" }).click()
      await sees(support, "0 of 2 units used")
      expect(await support.getByRole("button", { name: /Revoke|Make|Upload/ }).count()).toBe(0)
      const viewer = await comes("viewer", `/admin/p/${id}/codes`)
      await viewer.getByRole("row", { name: "press 1 0 0 2 0" }).waitFor()
      expect(await viewer.getByRole("main").getByRole("button").count()).toBe(0)
    })

    test("no browser logged an error", () => {
      expect(open.flatMap(({ complaints }) => complaints)).toEqual([])
    })
  },
)
