import { randomBytes } from "node:crypto"
import { createDisputes, type Disputes } from "./disputes.ts"
import { createPayments, type Payments } from "./payments.ts"
import { createRefunds, type Refunds } from "./refunds.ts"
import type { ProcessorServices } from "./services.ts"

/** The payment processor: changes payments, refunds and disputes, and notifies the shop of each change. */
export type Processor = Payments & Omit<Disputes, "followPlan"> & Refunds

/** Makes the processor of one simulator. */
export function createProcessor(services: Omit<ProcessorServices, "nextId">): Processor {
  const all = { ...services, nextId: createIds() }
  const disputes = createDisputes(all)
  return { ...createPayments(all, disputes), ...disputes, ...createRefunds(all) }
}

/** Ids do not depend on the seed: a shop remembers them for ever, so another run must not use them again. */
function createIds(): ProcessorServices["nextId"] {
  const run = randomBytes(6).toString("base64url")
  let lastNumber = 0
  return (kind) => `${kind}_${run}_${(lastNumber += 1)}`
}
