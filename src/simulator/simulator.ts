import { createTimers } from "./timers.ts"
import { createAnswers, type SimulatorAnswer, type SimulatorRequest } from "./answers.ts"
import { createBooks } from "./books.ts"
import { createCashier } from "./cashier.ts"
import { createDeliveries } from "./deliveries.ts"
import type { Plan } from "./plan.ts"

/** A payment provider for development, tests and rehearsals. It keeps everything in memory. */
export interface Simulator {
  answer(request: SimulatorRequest): Promise<SimulatorAnswer>
  /** Forgets what it was about to do. It still answers. */
  stop(): void
}

export interface SimulatorOptions {
  /** Shared with the shop: signs webhooks, and is asked for before money goes back. */
  readonly secret: Buffer
  /** Where the shop takes webhooks; asked for when there is one to send. */
  readonly target: () => string
  readonly plan: Plan
  /** How long a late payment takes. */
  readonly lateMs: number
  /** Payments, and refunds, that are kept; then no more are taken. A payment takes half a kilobyte. */
  readonly mostPayments: number
  /** Hears of messages that the shop did not take for ten minutes. */
  readonly onGivenUp?: (eventId: string) => void
}

/** Opens a provider without customers. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { secret, target, plan, lateMs, mostPayments, onGivenUp = () => undefined } = options
  const timers = createTimers()
  const books = createBooks(mostPayments)
  const deliveries = createDeliveries({ secret, target, timers, onGivenUp })
  const cashier = createCashier({ books, deliveries, plan, timers, lateMs })
  return {
    answer: createAnswers({ secret, books, cashier, plan, deliveries }),
    stop: () => timers.cancelAll(),
  }
}
