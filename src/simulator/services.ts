import type { Notifier } from "./notifier.ts"
import type { PaymentStore } from "./payment-store.ts"
import type { Plan } from "./plan.ts"
import type { Timers } from "./timers.ts"

/** The services that the parts of the processor share. */
export interface ProcessorServices {
  readonly store: PaymentStore
  readonly notifier: Notifier
  readonly plan: Plan
  readonly timers: Timers
  /** How long a late payment takes: longer than an order waits. */
  readonly lateMs: number
  /** A new id, such as `pay_h4Jk2_17`. */
  readonly nextId: (kind: "pay" | "re" | "dp") => string
}
