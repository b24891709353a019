import { createServer, type Server as HttpServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { afterEach, expect, test } from "vitest"
import { runLoad } from "../../bench/load/loads.ts"
import type { Load, LoadPlan } from "../../bench/load/plan.ts"
import { getRequest, jsonRequest } from "../../bench/load/request.ts"
import { createScenarioRunner, WrongResult } from "../../bench/runs.ts"
import type { PreparedScenario } from "../../bench/scenarios.ts"
import type { Server } from "../../bench/servers/server.ts"

const closed: Load = { kind: "closed", warmUpSeconds: 0.1, seconds: 0.3 }
let http: HttpServer | undefined

afterEach(async () => {
  http?.closeAllConnections()
  http?.close()
})

/** Serves on a free port; returns what a plan needs to reach it. */
async function serve(answer: Parameters<typeof createServer>[1]): Promise<{ host: string; port: number }> {
  http = createServer(answer).listen(0, "127.0.0.1")
  await once(http, "listening")
  return { host: "127.0.0.1", port: (http.address() as AddressInfo).port }
}

function planFor(place: { host: string; port: number }, load: Load, expected = [200]): LoadPlan {
  const requests = [getRequest(place.host, "/")]
  return { ...place, crowd: { kind: "requests", requests }, connections: 4, expected, load }
}

test("a closed loop counts every answer, and measures what comes after the warm-up", async () => {
  let served = 0
  const place = await serve((_request, response) => {
    served += 1
    response.end("x".repeat(100_000))
  })
  const result = await runLoad(planFor(place, closed))
  expect(result.statuses).toEqual({ 200: served })
  expect(result.completed).toBe(served)
  expect(result.served).toBeLessThan(served)
  expect(result.served).toBeGreaterThan(0)
  expect(result).toMatchObject({ broken: 0, dropped: 0, wrong: null })
})

test("a burst asks once with each connection", async () => {
  const place = await serve((_request, response) => response.end("ok"))
  expect(await runLoad(planFor(place, { kind: "burst" }))).toMatchObject({
    completed: 4,
    statuses: { 200: 4 },
  })
})

test("an open loop sends what is due, counts time from then, and drops who finds no connection in time", async () => {
  const place = await serve((_request, response) => void setTimeout(() => response.end("ok"), 1_500))
  const result = await runLoad(planFor(place, { kind: "open", phases: [{ perSecond: 10, seconds: 2 }] }))
  // Four connections serve four of the twenty at a time, each for a second and a half.
  expect(result.completed + result.dropped).toBe(20)
  expect(result.dropped).toBeGreaterThan(5)
})

test("a buyer goes on with what the shop answers, and signs the payment", async () => {
  const asked: string[] = []
  const place = await serve((request, response) => {
    const answers: Record<string, [number, object]> = {
      "/api/holds": [201, { hold_id: 7, token: "a-token" }],
      "/api/orders": [201, { order_id: 9, total_minor: 500, currency: "EUR" }],
      "/api/payments/webhook": [200, { outcome: "paid" }],
    }
    const [status, body] = answers[request.url ?? ""] ?? [404, {}]
    asked.push(
      `${request.url} ${String(request.headers.authorization ?? request.headers["webhook-signature"] ?? "")}`,
    )
    const text = JSON.stringify(body)
    response.writeHead(status, { "content-length": text.length }).end(text)
  })
  const crowd = { kind: "buyers", productId: 1, webhookSecret: "whsec_c2VjcmV0" } as const
  const result = await runLoad({
    ...place,
    crowd,
    connections: 1,
    expected: [200, 201],
    load: { kind: "burst" },
  })
  expect(result.completed).toBe(1)
  expect(asked).toEqual([
    "/api/holds ",
    "/api/orders Bearer a-token",
    expect.stringMatching(/^\/api\/payments\/webhook v1,[\w+/]+=*$/),
  ])
})

/** A server that answers every hold with `status`, and afterwards says what it holds. */
async function playerOn(status: number, prepared: Partial<PreparedScenario>) {
  const place = await serve((_request, response) =>
    response.writeHead(status, { "content-length": 2 }).end("{}"),
  )
  const server = { ...place, name: "doorbuster" } as Server
  const requests = [jsonRequest(place.host, "POST", "/api/holds", {})]
  return createScenarioRunner(server, {
    crowd: { kind: "requests", requests },
    expected: [201],
    check: async () => [],
    ...prepared,
  })
}

test("a run whose answers and rows do not agree is an error, not a figure", async () => {
  const totals: number[] = []
  const runner = await playerOn(201, {
    check: async ({ statuses }) => {
      totals.push(statuses["201"] ?? 0)
      return totals.length > 1 ? ["one more row than was granted"] : []
    },
  })
  await runner.run({ kind: "burst" }, 3)
  await expect(runner.run({ kind: "burst" }, 3)).rejects.toThrow(WrongResult)
  // The check is about all runs so far.
  expect(totals).toEqual([3, 6])
})

test("so is an answer that nobody expected, and one that never came", async () => {
  const wrong = await playerOn(500, {})
  await expect(wrong.run({ kind: "burst" }, 1)).rejects.toThrow(/HTTP\/1.1 500/)

  const place = await serve((request) => request.socket.destroy())
  const server = { ...place, name: "doorbuster" } as Server
  const requests = [getRequest(place.host, "/")]
  const crowd = { kind: "requests", requests } as const
  const silent = createScenarioRunner(server, { crowd, expected: [200], check: async () => [] })
  await expect(silent.run({ kind: "burst" }, 1)).rejects.toThrow("1 requests unanswered")
})
