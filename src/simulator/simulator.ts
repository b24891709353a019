import { createSimulatorApi } from "./api.ts"
import { createNotifier } from "./notifier.ts"
import type { PayShop } from "./pay-frame.ts"
import { createPaymentStore } from "./payment-store.ts"
import type { Plan } from "./plan.ts"
import { createProcessor } from "./processor.ts"
import type { SimulatorRequest, SimulatorResponse } from "./requests.ts"
import { createTimers } from "./timers.ts"
import { createWebhookSender } from "./webhook-sender.ts"

/** A payment provider for development, tests and rehearsals. It keeps everything in memory. */
export interface Simulator {
  answer(request: SimulatorRequest): Promise<SimulatorResponse>
  /** Cancels everything that is planned: results, refunds and webhooks. Requests are still answered. */
  stop(): void
}

/** The shop of a simulator, and how the simulator behaves. */
export interface SimulatorOptions {
  /** Shared with the shop: it signs webhooks, and the shop's refund requests carry it. */
  readonly secret: Buffer
  /** The shop's webhook address; asked for at each send. */
  readonly target: () => string
  readonly plan: Plan
  /** How long a late payment takes. */
  readonly lateMs: number
  /** How many payments are kept, and as many refunds; more are refused. A payment takes half a kilobyte. */
  readonly mostPayments: number
  /** The shop in whose frame the pay page stands; not given: in none. */
  readonly shop?: () => PayShop | Promise<PayShop>
  /** Called with the event's id if the shop has not accepted a webhook within ten minutes. */
  readonly onGivenUp?: (eventId: string) => void
}

/** Makes a simulator without payments. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { secret, target, plan, lateMs, mostPayments, shop = null, onGivenUp = () => undefined } = options
  const timers = createTimers()
  const store = createPaymentStore(mostPayments)
  const sender = createWebhookSender({ secret, target, timers, onGivenUp })
  const processor = createProcessor({ store, notifier: createNotifier(sender), plan, timers, lateMs })
  return {
    answer: createSimulatorApi({
      secret,
      store,
      processor,
      plan,
      shop,
      deliveryCounts: () => sender.counts(),
    }),
    stop: () => timers.cancelAll(),
  }
}
