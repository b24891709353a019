import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect } from "vitest"
import { createPlan, type Plan } from "../../src/simulator/plan.ts"
import { serveSimulator } from "../../src/simulator/server.ts"
import { createSimulator } from "../../src/simulator/simulator.ts"
import { createClient, type TestAnswer, type TestClient } from "./http.ts"
import { WEBHOOK_SECRET } from "./shop.ts"

/** The shared secret of shop and simulator, decoded. */
export const SIMULATOR_SECRET = Buffer.from(WEBHOOK_SECRET.replace("whsec_", ""), "base64")

/** A simulator in this process, behind its own server, and a client of it. */
export interface TestSimulator extends TestClient, AsyncDisposable {
  readonly url: string
  /** Webhooks that the simulator has stopped sending because the shop kept refusing them. */
  readonly givenUp: readonly string[]
}

export interface TestSimulatorOptions {
  readonly target?: () => string
  readonly plan?: Plan
  readonly lateMs?: number
  readonly mostPayments?: number
}

/** Starts a simulator; by default with the plan `calm` and without a shop to send to. */
export async function startTestSimulator(options: TestSimulatorOptions = {}): Promise<TestSimulator> {
  const givenUp: string[] = []
  const simulator = createSimulator({
    secret: SIMULATOR_SECRET,
    target: () => "http://127.0.0.1:1/nobody",
    plan: createPlan("calm", 1),
    lateMs: 60_000,
    mostPayments: 10_000,
    onGivenUp: (event) => givenUp.push(event),
    ...options,
  })
  const server = await serveSimulator(simulator, 0)
  const client = createClient(server.url)
  return {
    ...client,
    url: server.url,
    givenUp,
    async [Symbol.asyncDispose]() {
      client.close()
      await server.close()
    },
  }
}

/** A webhook as it arrived at the shop. */
export interface Received {
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly event: any
}

/** A shop that only receives webhooks. */
export interface TestInbox extends AsyncDisposable {
  readonly url: string
  readonly received: readonly Received[]
  /** Resolves with all webhooks as soon as there are at least `count`. */
  has(count: number): Promise<readonly Received[]>
}

/** Starts a shop that responds to each webhook with the status from `statusOf`, by default 200. */
export async function startInbox(
  statusOf: (received: Received, number: number) => number = () => 200,
): Promise<TestInbox> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => (body += text))
    request.on("end", () => {
      const message = { headers: request.headers, body, event: JSON.parse(body) }
      received.push(message)
      response.writeHead(statusOf(message, received.length)).end()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    async has(count) {
      await expect
        .poll(() => received.length, { timeout: 20_000, interval: 10 })
        .toBeGreaterThanOrEqual(count)
      return received
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Creates a payment of 199.98 USD for order 1, with the changes in `more`. */
export async function createPayment(simulator: TestClient, more: object = {}): Promise<TestAnswer["body"]> {
  const answer = await simulator.post("/payments", {
    order_id: 1,
    amount_minor: 19_998,
    currency: "USD",
    ...more,
  })
  if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
