import { effect, signal, type ReadonlySignal } from "@preact/signals"
import { ProblemError, type Client, type Order } from "../../client/src/index.ts"
import type { StoredHold } from "../storefront/browser-storage.ts"
import { onReturn } from "../storefront/server-connection.ts"

/** An order is paid on another page, so it is read again while this one is looked at. */
const LOOK_MS = 5_000

/** Reads the order that was made from the buyer's hold, until it is paid or has ended. Null: there is none. */
export function watchOrder(
  client: Client,
  held: ReadonlySignal<StoredHold | null>,
  until: AbortSignal,
): ReadonlySignal<Order | null> {
  const order = signal<Order | null>(null)
  let shown: number | null = null

  async function look(): Promise<void> {
    const { value } = held
    if (value === null || value.orderId === null) return
    const { orderId, token } = value
    try {
      const read = await client.orders.get(orderId, { token, signal: until })
      if (orderId === shown) order.value = read
    } catch (error) {
      if (error instanceof ProblemError && error.code === "order_not_found" && orderId === shown) {
        order.value = null
      }
    }
  }

  const stop = effect(() => {
    const orderId = held.value?.orderId ?? null
    if (orderId === shown) return
    shown = orderId
    order.value = null
    void look()
  })
  const timer = setInterval(() => {
    if (document.visibilityState === "visible" && order.value?.status === "pending_payment") void look()
  }, LOOK_MS)
  onReturn(() => void look(), until)
  until.addEventListener("abort", () => {
    stop()
    clearInterval(timer)
  })
  return order
}
