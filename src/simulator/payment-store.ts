import { balanceOfPayment, balanceOfRefund, createBalances, zeroBalance, type Balances } from "./balances.ts"
import type { SimulatedPayment, SimulatedRefund } from "./records.ts"

/** The provider's payments and refunds, in memory, with their sums. */
export interface PaymentStore {
  /** True if no more payments or refunds are accepted. */
  readonly isFull: boolean
  readonly balances: Pick<Balances, "totals" | "orders">
  payment(id: string): SimulatedPayment | undefined
  addPayment(payment: SimulatedPayment): void
  /** Returns the payment with the changes. Throws when there is no such payment. */
  updatePayment(id: string, changes: PaymentChanges): SimulatedPayment
  /** Finds a refund by the idempotency key of its request. */
  refund(key: string): SimulatedRefund | undefined
  /** Finds the idempotency key of a refund by the refund's id. */
  keyOfRefund(id: string): string | undefined
  /** Adds a refund or replaces the one with its key. Throws when there is no such payment. */
  saveRefund(key: string, refund: SimulatedRefund): void
}

type PaymentChanges = Partial<
  Pick<SimulatedPayment, "status" | "capturedMinor" | "failRefunds" | "disputedMinor" | "dispute">
>

/** Makes a store for up to `mostPayments` payments and as many refunds. */
export function createPaymentStore(mostPayments: number): PaymentStore {
  const payments = new Map<string, SimulatedPayment>()
  const refunds = new Map<string, SimulatedRefund>()
  const refundKeys = new Map<string, string>()
  const balances = createBalances()

  function existingPayment(id: string): SimulatedPayment {
    const payment = payments.get(id)
    if (payment === undefined) throw new Error(`there is no payment ${id}`)
    return payment
  }

  return {
    get isFull() {
      return payments.size >= mostPayments || refunds.size >= mostPayments
    },
    balances,
    payment: (id) => payments.get(id),
    addPayment(payment) {
      payments.set(payment.id, payment)
      balances.move(payment, zeroBalance, balanceOfPayment(payment))
    },
    updatePayment(id, changes) {
      const before = existingPayment(id)
      const after = { ...before, ...changes }
      payments.set(id, after)
      balances.move(before, balanceOfPayment(before), balanceOfPayment(after))
      return after
    },
    refund: (key) => refunds.get(key),
    keyOfRefund: (id) => refundKeys.get(id),
    saveRefund(key, refund) {
      refundKeys.set(refund.id, key)
      const before = refunds.get(key)
      const payment = existingPayment(refund.paymentId)
      refunds.set(key, refund)
      balances.move(
        payment,
        before === undefined ? zeroBalance : balanceOfRefund(before),
        balanceOfRefund(refund),
      )
      const addedMinor = refundedBy(refund) - (before === undefined ? 0 : refundedBy(before))
      payments.set(payment.id, { ...payment, refundedMinor: payment.refundedMinor + addedMinor })
    },
  }
}

/** The amount that a pending or successful refund takes from its payment. */
function refundedBy({ status, amountMinor }: SimulatedRefund): number {
  return status === "failed" ? 0 : amountMinor
}
