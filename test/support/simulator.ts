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
