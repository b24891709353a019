import { cp, mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { checkAddresses, checkPayments } from "../../src/cli/doctor-selling.ts"
import { startTestApp } from "../support/app.ts"
import { runCommand } from "../support/command-line.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { stripeSettings } from "../support/fake-stripe.ts"
import { startServerProcess } from "../support/server-process.ts"

const closed = {
  ADMIN_TOKEN: "a-token-of-some-length",
  PAYMENT_WEBHOOK_SECRET: "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU=",
}

interface Found {
  readonly check: string
  readonly ok: boolean
  readonly weak?: true
  readonly found: string
}

async function doctor(environment: Record<string, string>) {
  const { status, stdout } = await runCommand(["doctor", "--json"], environment)
  const { findings } = JSON.parse(stdout) as { findings: Found[] }
  return { status, of: (check: string) => findings.find((finding) => finding.check === check) }
}

describe("doctor in closed mode", () => {
  test("fails while the demonstration product is on sale to real buyers, and warns of products without a limit", async () => {
    await using app = await startTestApp()
    const environment = { DATABASE_URL: app.databaseUrl, ...closed }

    const atFirst = await doctor(environment)
    expect(atFirst.status).toBe(1)
    expect(atFirst.of("demonstration product")).toMatchObject({ ok: false })
    expect(atFirst.of("limits for a buyer")).toMatchObject({
      weak: true,
      found: expect.stringContaining("product 1 (Flash Sale Product)"),
    })

    await app.send("PATCH", "/api/admin/products/1", { json: { paused: true } })
    const real = { name: "Aurora", price_minor: 12_900, currency: "EUR", stock: 10 }
    await app.post("/api/admin/products", real)
    await app.post("/api/admin/products", { ...real, max_per_hold: 2 })
    const then = await doctor(environment)
    expect(then.status).toBe(0)
    expect(then.of("demonstration product")).toMatchObject({ ok: true })
    expect(then.of("limits for a buyer")?.found).toContain("product 2 (Aurora): set max_per_hold")

    await app.send("PATCH", "/api/admin/products/2", { json: { max_per_customer: 1 } })
    const last = await doctor(environment)
    expect(last.of("limits for a buyer")).toEqual({
      check: "limits for a buyer",
      ok: true,
      found: "every product on sale has a limit",
    })
    await app.send("PATCH", "/api/admin/products/2", { json: { customer: "signed" } })
    expect((await doctor(environment)).of("signed customers")).toMatchObject({
      ok: false,
      found: expect.stringContaining("nobody can buy product 2 (Aurora)"),
    })
    const secret = { CUSTOMER_SECRETS: "a-secret-of-the-shop-of-32-characters" }
    expect((await doctor({ ...environment, ...secret })).of("signed customers")).toBeUndefined()
    await app.send("PATCH", "/api/admin/products/2", { json: { customer: "email" } })
    expect((await doctor(environment)).of("confirmed mailboxes")).toMatchObject({
      ok: false,
      found: expect.stringContaining(
        "nobody can buy product 2 (Aurora): it is sold to buyers with a mailed code",
      ),
    })
    const types = ["customer.code_requested"]
    await app.post("/api/admin/webhooks", { url: "https://shop.example/codes", types })
    expect((await doctor(environment)).of("confirmed mailboxes")).toEqual({
      check: "confirmed mailboxes",
      ok: true,
      found: "buyers of product 2 (Aurora) are mailed codes",
    })
    const strict = { ...environment, ...secret, HOLDS_NEED: "signed" }
    expect((await doctor(strict)).of("confirmed mailboxes")).toMatchObject({
      ok: false,
      found: expect.stringContaining("HOLDS_NEED=signed"),
    })
    // In open mode there are no real buyers.
    expect((await doctor({ DATABASE_URL: app.databaseUrl })).of("limits for a buyer")).toBeUndefined()
  })

  const proxied = { publicUrl: "https://shop.example", trustProxy: null }
  test.each([
    ["open mode", { adminToken: null }, undefined],
    ["limits of an address", {}, "ok"],
    ["no limit", { holdBounds: { unpaid: Infinity } }, "weak"],
    ["a proxy that is not named", proxied, "bad"],
    ["a proxy that is named", { ...proxied, trustProxy: "loopback" }, "ok"],
    ["an address without a proxy", { ...proxied, publicUrl: "http://shop.example" }, "ok"],
  ])("%s: %s: %s", (_, given, expected) => {
    const usual = { adminToken: "t", publicUrl: null, trustProxy: null, holdBounds: { unpaid: 20 } }
    const [finding] = checkAddresses({ ...usual, ...given } as unknown as Parameters<
      typeof checkAddresses
    >[0])
    const { ok, weak } = finding ?? {}
    expect(finding && (ok === false ? "bad" : weak === true ? "weak" : "ok")).toBe(expected)
  })

  const stripe = stripeSettings()
  test.each([
    ["open mode", { adminToken: null }, "ok"],
    ["neither Stripe nor a secret", {}, "bad"],
    ["a secret alone", { paymentWebhookSecret: Buffer.alloc(24) }, "weak"],
    [
      "its own payment page",
      { paymentWebhookSecret: Buffer.alloc(24), paymentPageUrl: "https://a.example/?b" },
      "ok",
    ],
    ["Stripe without pages", { stripe }, "weak"],
    ["Stripe", { stripe: { ...stripe, publishableKey: "pk_test_0123456789" } }, "ok"],
  ] as const)("judges whether buyers can pay: %s", (_, given, judgement) => {
    const none = { adminToken: "token", paymentWebhookSecret: null, paymentPageUrl: null, stripe: null }
    const { ok, weak } = checkPayments({ ...none, ...given } as unknown as Parameters<
      typeof checkPayments
    >[0])
    expect(ok ? (weak === true ? "weak" : "ok") : "bad").toBe(judgement)
  })
})

test("doctor names a variable in .env that is nearly a setting", async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, ".env"), "ADMIN_TOKN=shop\n")
  const result = await runCommand(["doctor"], { DOORBUSTER_DATA_DIR: directory.path }, 60_000, directory.path)

  expect(result.stdout).toMatch(
    /^!! {3}\.env: ADMIN_TOKN is set but is not a setting; did you mean ADMIN_TOKEN/m,
  )
})

test("without built pages, serve warns at its start, and doctor says how to build them", async () => {
  await using place = await temporaryDirectory()
  const root = fileURLToPath(new URL("../../", import.meta.url))
  for (const part of ["bin", "src", "migrations", "package.json", "web", "client"]) {
    await cp(join(root, part), join(place.path, part), { recursive: true })
  }
  await symlink(join(root, "node_modules"), join(place.path, "node_modules"))
  await mkdir(join(place.path, "data"), { mode: 0o755 })
  const launcher = join(place.path, "bin/doorbuster.mjs")
  const environment = { DOORBUSTER_DATA_DIR: join(place.path, "data") }
  {
    await using server = await startServerProcess(environment, ["serve"], launcher)
    expect(server.output()).toContain('"msg":"The pages are not built, so there is no storefront')
    expect(server.output()).not.toContain("control room is")
    expect(await server.end("SIGTERM")).toBe(0)
  }
  const { stdout } = await runCommand(["doctor"], environment, 60_000, undefined, launcher)
  expect(stdout).toMatch(/^!! {3}pages: The pages are not built.*npm ci --include=dev/m)
})
