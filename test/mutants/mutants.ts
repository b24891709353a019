import { accessPageMutants } from "./access-pages.ts"
import { adminMutants } from "./admin.ts"
import { buyersWayMutants } from "./buyers-way.ts"
import { clientMutants } from "./client.ts"
import { commandMutants } from "./commands.ts"
import { contractMutants } from "./contract.ts"
import { databaseMutants } from "./database.ts"
import { detailsMutants } from "./details.ts"
import { embedMutants } from "./embed.ts"
import { interleavingMutants } from "./interleavings.ts"
import { challengeMutants } from "./challenges.ts"
import { mailboxMutants } from "./mailboxes.ts"
import { modelMutants } from "./model.ts"
import { guardMutants } from "./guards.ts"
import { moneyMutants } from "./money.ts"
import { accessCodeMutants } from "./access-codes.ts"
import { holdBoundMutants } from "./hold-bounds.ts"
import { historyMutants } from "./history.ts"
import { limitMutants } from "./limits.ts"
import { liveScreenMutants } from "./live-screen.ts"
import { optionMutants } from "./options.ts"
import { operatorMutants } from "./operators.ts"
import { orderPageMutants } from "./order-pages.ts"
import { mailAbuseMutants } from "./mail-abuse.ts"
import { mailCodeMutants } from "./mail-codes.ts"
import { languageMutants } from "./languages.ts"
import { mailMutants } from "./mail.ts"
import { orderScreenMutants } from "./order-screen.ts"
import { outgoingMutants } from "./outgoing.ts"
import { shopDataMutants } from "./shop-data.ts"
import { shopFaceMutants } from "./shop-face.ts"
import { productContentMutants } from "./product-content.ts"
import { productWordMutants } from "./product-words.ts"
import { publicationMutants } from "./publication.ts"
import { productNumberMutants } from "./product-numbers.ts"
import { stockDisplayMutants } from "./stock-display.ts"
import { streamMutants } from "./streams.ts"
import { signedCustomerMutants } from "./signed-customers.ts"
import { sellingMutants } from "./selling.ts"
import { servingMutants } from "./serving.ts"
import { storageMutants } from "./storage.ts"
import { paymentsMutants } from "./payments.ts"
import { stripeMutants } from "./stripe.ts"
import { variantProofMutants } from "./variant-proofs.ts"
import { variantMoneyMutants } from "./variant-money.ts"
import { variantMutants } from "./variants.ts"

/**
 * A planted bug and the test that must fail with it.
 *
 * Two tools change the code on purpose, and divide the work:
 *
 * - Stryker (`npm run test:stryker`) changes every condition, number and call of `src/domain` and runs the tests of the
 *   domain. It finds code that no test of the domain checks. It passes with a few survivors (nine of ten must be
 *   noticed), and it needs tests of milliseconds.
 * - Planted bugs (`npm run test:mutants`) are written by hand, for promises that span lanes, store, HTTP, workers, pages
 *   and SQL: a missing lock or CHECK, a lost commit, a wrong order of statements. Each must be noticed by the named test,
 *   which may need PostgreSQL, several processes or a browser.
 *
 * Some planted bugs are in `src/domain` all the same. They show that a race, a history or the model notices a broken
 * rule of the domain, or guard a rule that must not be among Stryker's survivors. Plant a new bug of the domain only for
 * one of these two reasons.
 */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  /** The test file, and words of the test's name if the file has other tests. */
  readonly caughtBy: { readonly file: string; readonly test?: string }
}

export interface Edit {
  readonly file: string
  /** The text to replace. It occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** All planted bugs: each removes or breaks one guard against overselling, double endings, lost effects or leaks. */
export const mutants: readonly Mutant[] = [
  ...sellingMutants,
  ...accessPageMutants,
  ...publicationMutants,
  ...productNumberMutants,
  ...stockDisplayMutants,
  ...servingMutants,
  ...storageMutants,
  ...databaseMutants,
  ...detailsMutants,
  ...commandMutants,
  ...paymentsMutants,
  ...stripeMutants,
  ...variantMutants,
  ...variantProofMutants,
  ...variantMoneyMutants,
  ...guardMutants,
  ...moneyMutants,
  ...historyMutants,
  ...holdBoundMutants,
  ...accessCodeMutants,
  ...signedCustomerMutants,
  ...outgoingMutants,
  ...limitMutants,
  ...mailAbuseMutants,
  ...mailCodeMutants,
  ...mailMutants,
  ...languageMutants,
  ...buyersWayMutants,
  ...clientMutants,
  ...contractMutants,
  ...interleavingMutants,
  ...challengeMutants,
  ...mailboxMutants,
  ...modelMutants,
  ...shopDataMutants,
  ...embedMutants,
  ...productContentMutants,
  ...productWordMutants,
  ...shopFaceMutants,
  ...streamMutants,
  ...adminMutants,
  ...operatorMutants,
  ...optionMutants,
  ...liveScreenMutants,
  ...orderPageMutants,
  ...orderScreenMutants,
]
