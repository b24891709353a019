/** A payment as the provider keeps it. */
export interface SimulatedPayment {
  readonly id: string
  readonly orderId: number
  readonly amountMinor: number
  readonly currency: string
  readonly holdId: number | null
  readonly productId: number | null
  readonly quantity: number | null
  /** Where the pay page leads back to; a local address. */
  readonly returnUrl: string | null
  readonly status: PaymentStatus
  readonly capturedMinor: number
  /** Refunds that are under way count. */
  readonly refundedMinor: number
  /** What the buyer's bank takes back or has taken; nothing of a dispute that was won. */
  readonly disputedMinor: number
  /** The buyer's bank disputes it once at most. */
  readonly dispute: SimulatedDispute | null
  /** How many of the next refunds fail. */
  readonly failRefunds: number
}

/** `processing`: its result is certain to come, unless it is cancelled first. */
export type PaymentStatus = "open" | "processing" | "succeeded" | "declined" | "cancelled"

/** Money on its way back. */
export interface SimulatedRefund {
  readonly id: string
  /** What the shop calls it; null: it was made in the provider's own pages. */
  readonly reference: string | null
  readonly paymentId: string
  readonly amountMinor: number
  readonly currency: string
  readonly status: "pending" | "succeeded" | "failed"
}

/** The buyer's bank takes money of a payment back. */
export interface SimulatedDispute {
  readonly id: string
  readonly amountMinor: number
  readonly status: "open" | "won" | "lost"
}

/** A payment that is disputed, or was. */
export type DisputedPayment = SimulatedPayment & { readonly dispute: SimulatedDispute }

/** Sums of money in one currency. */
export interface Sums {
  capturedMinor: number
  refundedMinor: number
  refundPendingMinor: number
  /** Disputes that were won do not count. */
  disputedMinor: number
  /** Of payments that may still succeed. */
  pendingMinor: number
}

/** The sums of one order in one currency. */
export interface Account extends Readonly<Sums> {
  readonly orderId: number
  readonly currency: string
}

/** Everything the provider knows of money. */
export interface Books {
  readonly isFull: boolean
  payment(id: string): SimulatedPayment | undefined
  open(payment: SimulatedPayment): void
  /** Replaces a payment by what has become of it. */
  change(id: string, change: Partial<PaymentChange>): SimulatedPayment
  /** By the key under which it was asked for. */
  refund(key: string): SimulatedRefund | undefined
  /** The key of a refund, by the provider's name for it. */
  keyOfRefund(id: string): string | undefined
  /** Notes a refund, or what has become of one. */
  keepRefund(key: string, refund: SimulatedRefund): void
  /** By currency. */
  totals(): ReadonlyMap<string, Readonly<Sums>>
  /** Accounts in the order in which they were opened, from the given one on. */
  accounts(from: number, limit: number): readonly Account[]
}

type PaymentChange = Pick<
  SimulatedPayment,
  "status" | "capturedMinor" | "failRefunds" | "disputedMinor" | "dispute"
>

/** Books in memory for so many payments and as many refunds. */
export function createBooks(mostPayments: number): Books {
  const payments = new Map<string, SimulatedPayment>()
  const refunds = new Map<string, SimulatedRefund>()
  const keys = new Map<string, string>()
  const accounts: (Sums & Account)[] = []
  const accountByName = new Map<string, Sums & Account>()
  const totals = new Map<string, Sums>()

  function accountOf({ orderId, currency }: Pick<Account, "orderId" | "currency">): Sums {
    const name = `${orderId} ${currency}`
    const known = accountByName.get(name)
    if (known !== undefined) return known
    const account = { orderId, currency, ...nothing }
    accounts.push(account)
    accountByName.set(name, account)
    return account
  }

  function totalOf(currency: string): Sums {
    const total = totals.get(currency) ?? { ...nothing }
    totals.set(currency, total)
    return total
  }

  /** Counts what something was no longer, and what it is. */
  function recount(place: Pick<Account, "orderId" | "currency">, before: Sums, after: Sums): void {
    for (const sums of [accountOf(place), totalOf(place.currency)]) {
      for (const name of sumNames) sums[name] += after[name] - before[name]
    }
  }

  function knownPayment(id: string): SimulatedPayment {
    const payment = payments.get(id)
    if (payment === undefined) throw new Error(`payment ${id} is not in the books`)
    return payment
  }

  return {
    get isFull() {
      return payments.size >= mostPayments || refunds.size >= mostPayments
    },
    payment: (id) => payments.get(id),
    open(payment) {
      payments.set(payment.id, payment)
      recount(payment, nothing, sumsOfPayment(payment))
    },
    change(id, change) {
      const before = knownPayment(id)
      const after = { ...before, ...change }
      payments.set(id, after)
      recount(before, sumsOfPayment(before), sumsOfPayment(after))
      return after
    },
    refund: (key) => refunds.get(key),
    keyOfRefund: (id) => keys.get(id),
    keepRefund(key, refund) {
      keys.set(refund.id, key)
      const before = refunds.get(key)
      const payment = knownPayment(refund.paymentId)
      refunds.set(key, refund)
      recount(payment, before === undefined ? nothing : sumsOfRefund(before), sumsOfRefund(refund))
      const taken = takenBy(refund) - (before === undefined ? 0 : takenBy(before))
      payments.set(payment.id, { ...payment, refundedMinor: payment.refundedMinor + taken })
    },
    totals: () => totals,
    accounts: (from, limit) => accounts.slice(from, from + limit),
  }
}

const sumNames = [
  "capturedMinor",
  "refundedMinor",
  "refundPendingMinor",
  "disputedMinor",
  "pendingMinor",
] as const
const nothing: Readonly<Sums> = {
  capturedMinor: 0,
  refundedMinor: 0,
  refundPendingMinor: 0,
  disputedMinor: 0,
  pendingMinor: 0,
}

function sumsOfPayment({ status, amountMinor, capturedMinor, disputedMinor }: SimulatedPayment): Sums {
  const isWaiting = status === "open" || status === "processing"
  return { ...nothing, capturedMinor, disputedMinor, pendingMinor: isWaiting ? amountMinor : 0 }
}

function sumsOfRefund({ status, amountMinor }: SimulatedRefund): Sums {
  if (status === "failed") return nothing
  return { ...nothing, [status === "pending" ? "refundPendingMinor" : "refundedMinor"]: amountMinor }
}

function takenBy({ status, amountMinor }: SimulatedRefund): number {
  return status === "failed" ? 0 : amountMinor
}
