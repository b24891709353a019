import { describe, expect, test } from "vitest"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { startServerProcess } from "../support/server-process.ts"
import { pendingOrder, WEBHOOK_SECRET } from "../support/shop.ts"
import { createPayment, startInbox } from "../support/simulator.ts"

test("simulator is a payment provider in a process of its own", async () => {
  await using database = await createTestDatabase()
  const secret = { SIMULATOR_SECRET: WEBHOOK_SECRET }
  // The first of the two starts without the other's address.
  await using simulator = await startServerProcess(secret, ["simulator", "--port", "0", "--seed", "7"])
  const own = { ...secret, SIMULATOR_URL: simulator.url, DATABASE_URL: database.url }
  await using server = await startServerProcess(own)
  await using paying = await startServerProcess(secret, ["simulator", "--port", "0", "--target", server.url])
  expect(server.output()).toContain(`curl -X POST ${simulator.url}/payments`)
  const { order_id, total_minor: amount_minor, currency } = await pendingOrder(server)
  const { payment_id } = await createPayment(paying, { order_id, amount_minor, currency })

  await paying.post(`/payments/${payment_id}/succeed`)

  await expect.poll(async () => (await server.get(`/api/orders/${order_id}`)).body.status).toBe("paid")
  expect(await differencesIn(database.url)).toEqual([])
  expect((await simulator.get("/books")).body.plan).toEqual({ name: "calm", seed: 7 })
  expect(simulator.output()).toMatch(/"plan":"calm","seed":7,/)
  expect(simulator.output()).not.toContain(WEBHOOK_SECRET.slice(6))
  expect(await simulator.end("SIGTERM")).toBe(0)
  expect(simulator.output()).toContain('"msg":"Stopped."')
})

test("without a secret it makes one and prints how to start a server with it", async () => {
  await using simulator = await startServerProcess({}, ["simulator", "--port", "0"])

  await expect
    .poll(() => simulator.output())
    .toMatch(/SIMULATOR_URL=http:\/\/127\.0\.0\.1:\d+ SIMULATOR_SECRET=whsec_[A-Za-z0-9+/]{32} npm start/)
})

test("with the wild plan, payments get results without a request", async () => {
  await using inbox = await startInbox()
  const target = new URL(inbox.url).origin
  const args = ["simulator", "--port", "0", "--plan", "wild", "--seed", "3", "--target", target]
  await using simulator = await startServerProcess({}, args)

  for (let order_id = 1; order_id <= 20; order_id += 1) await createPayment(simulator, { order_id })

  expect((await inbox.has(15)).every(({ event }) => event.type.startsWith("payment."))).toBe(true)
})

describe("simulator does not start", () => {
  test.each([
    [[], { ADMIN_TOKEN: "secret" }, /^ADMIN_TOKEN is set; the simulator is for open mode only\n$/],
    [["--plan", "mad"], {}, /Allowed choices are calm, wild/],
    [["--target", "nowhere"], {}, /must be an http\(s\) URL/],
    [["--port", "80000"], {}, /'80000' is invalid/],
    [["--seed", "-1"], {}, /./],
    [[], { SIMULATOR_SECRET: "whsec_no" }, /^SIMULATOR_SECRET is a secret of 8 characters but must be/],
  ] as const)("with %j and %j", async (args, environment, words) => {
    const result = await runCommand(["simulator", ...args], environment)

    expect(result.stderr).toMatch(words)
    expect(result.stderr).not.toMatch(/\n\s+at /)
    expect(result.status).toBe(2)
  })

  test("nor does serve in closed mode with a simulator: one line names the setting", async () => {
    const environment = { ADMIN_TOKEN: "secret", PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET }
    for (const command of ["serve", "worker"]) {
      const result = await runCommand([command], { ...environment, SIMULATOR_SECRET: WEBHOOK_SECRET })

      expect(result).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/^SIMULATOR_SECRET is set together with ADMIN_TOKEN; .*\n$/),
      })
    }
  })
})
