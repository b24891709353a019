import { adminMutants } from "./admin.ts"
import { clientMutants } from "./client.ts"
import { contractMutants } from "./contract.ts"
import { databaseMutants } from "./database.ts"
import { interleavingMutants } from "./interleavings.ts"
import { modelMutants } from "./model.ts"
import { guardMutants } from "./guards.ts"
import { moneyMutants } from "./money.ts"
import { historyMutants } from "./history.ts"
import { outgoingMutants } from "./outgoing.ts"
import { streamMutants } from "./streams.ts"
import { sellingMutants } from "./selling.ts"
import { servingMutants } from "./serving.ts"
import { storageMutants } from "./storage.ts"
import { paymentsMutants } from "./payments.ts"
import { stripeMutants } from "./stripe.ts"

/** One bug on purpose, and the test that has to notice it. */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** A test file and, where that has more than one test, words of the test's name. */
  readonly caughtBy: { readonly file: string; readonly test?: string }
}

export interface Edit {
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
}

/** Every guard against overselling, double endings and lost effects, taken away. */
export const mutants: readonly Mutant[] = [
  ...sellingMutants,
  ...servingMutants,
  ...storageMutants,
  ...databaseMutants,
  ...paymentsMutants,
  ...stripeMutants,
  ...guardMutants,
  ...moneyMutants,
  ...historyMutants,
  ...outgoingMutants,
  ...clientMutants,
  ...contractMutants,
  ...interleavingMutants,
  ...modelMutants,
  ...streamMutants,
  ...adminMutants,
]
