import type { SimulatedPayment, SimulatedRefund } from "./records.ts"

/** Sums of money in one currency, in minor units. */
export interface Balance {
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly refundPendingMinor: number
  /** Disputes that the shop has won do not count. */
  readonly disputedMinor: number
  /** The amount of payments that may still succeed. */
  readonly pendingMinor: number
}

/** The sums of one order in one currency. */
export interface OrderBalance extends Balance {
  readonly orderId: number
  readonly currency: string
}

/** Running sums by order and by currency, so that reading them does not visit every payment. */
export interface Balances {
  /** Replaces the previous contribution of a payment or refund of the order with the present one. */
  move(order: Pick<OrderBalance, "orderId" | "currency">, before: Balance, after: Balance): void
  /** By currency. */
  totals(): ReadonlyMap<string, Balance>
  /** At most `limit` orders in the order of their first payment, beginning with number `from` (0 is the first). */
  orders(from: number, limit: number): readonly OrderBalance[]
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

/** Starts with no orders. */
export function createBalances(): Balances {
  const orders: Mutable<OrderBalance>[] = []
  const orderByName = new Map<string, Mutable<OrderBalance>>()
  const totals = new Map<string, Mutable<Balance>>()

  function balanceOfOrder({
    orderId,
    currency,
  }: Pick<OrderBalance, "orderId" | "currency">): Mutable<Balance> {
    const name = `${orderId} ${currency}`
    const known = orderByName.get(name)
    if (known !== undefined) return known
    const balance = { orderId, currency, ...zeroBalance }
    orders.push(balance)
    orderByName.set(name, balance)
    return balance
  }

  function totalOf(currency: string): Mutable<Balance> {
    const total = totals.get(currency) ?? { ...zeroBalance }
    totals.set(currency, total)
    return total
  }

  return {
    move(order, before, after) {
      for (const balance of [balanceOfOrder(order), totalOf(order.currency)]) {
        for (const name of balanceNames) balance[name] += after[name] - before[name]
      }
    },
    totals: () => totals,
    orders: (from, limit) => orders.slice(from, from + limit),
  }
}

const balanceNames = [
  "capturedMinor",
  "refundedMinor",
  "refundPendingMinor",
  "disputedMinor",
  "pendingMinor",
] as const

/** No money at all. */
export const zeroBalance: Balance = {
  capturedMinor: 0,
  refundedMinor: 0,
  refundPendingMinor: 0,
  disputedMinor: 0,
  pendingMinor: 0,
}

/** The contribution of a payment to the sums, without its refunds. */
export function balanceOfPayment(payment: SimulatedPayment): Balance {
  const { status, amountMinor, capturedMinor, disputedMinor } = payment
  const maySucceed = status === "open" || status === "processing"
  return { ...zeroBalance, capturedMinor, disputedMinor, pendingMinor: maySucceed ? amountMinor : 0 }
}

/** The contribution of a refund to the sums. */
export function balanceOfRefund({ status, amountMinor }: SimulatedRefund): Balance {
  if (status === "failed") return zeroBalance
  return { ...zeroBalance, [status === "pending" ? "refundPendingMinor" : "refundedMinor"]: amountMinor }
}
