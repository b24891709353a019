import { useSignal } from "@preact/signals"
import { useEffect, useLayoutEffect } from "preact/hooks"
import { durationOf } from "../shared/dates.ts"
import type { PageData } from "../shared/page-data.ts"
import { isOurStorageEvent, storage } from "./browser-storage.ts"
import { useLanguage } from "./page-language.ts"

/** Units that this browser has reserved, or an order of it that waits for payment. */
interface Waiting {
  readonly href: string
  readonly name: string
  readonly quantity: number
  readonly isOrder: boolean
  readonly endsAtMs: number
}

const ONE_SECOND_MS = 1_000

/** What waits for this buyer on other pages, each with the time left, and the way to their orders. */
export function ReservedBar({ data }: { readonly data: PageData }) {
  const { words, countdown } = useLanguage()
  const shown = useSignal<{ readonly waiting: readonly Waiting[]; readonly nowMs: number } | null>(null)
  function look(): void {
    const nowMs = Date.now()
    const here =
      data.kind === "product" ? `/p/${data.product.id}` : data.kind === "order" && `/o/${data.orderId}`
    const waiting = [...reserved(), ...unpaid()].filter(
      ({ href, endsAtMs }) => href !== here && endsAtMs > nowMs,
    )
    shown.value = { waiting, nowMs }
  }
  // Before the page is painted, so that nothing moves afterwards.
  useLayoutEffect(look, [])
  useEffect(() => {
    addEventListener("storage", (event) => isOurStorageEvent(event) && look())
    addEventListener("pageshow", look)
    setInterval(() => shown.value !== null && shown.value.waiting.length > 0 && look(), ONE_SECOND_MS)
  }, [])
  if (shown.value === null || shown.value.waiting.length === 0) return null
  const { waiting, nowMs } = shown.value
  return (
    <nav class="reserved-bar" aria-label={words.yourReservations}>
      {waiting.map(({ href, name, quantity, isOrder, endsAtMs }) => {
        const leftSeconds = Math.ceil((endsAtMs - nowMs) / ONE_SECOND_MS)
        return (
          <a key={href} href={href}>
            <span>
              <span class="tabular">{quantity} ×</span> <bdi>{name}</bdi>
            </span>{" "}
            <span>
              <time class="tabular" role="timer" dateTime={durationOf(leftSeconds)}>
                {countdown(leftSeconds)}
              </time>{" "}
              {isOrder ? words.leftToPay : words.leftToCheckOut}
            </span>
          </a>
        )
      })}
    </nav>
  )
}

function reserved(): readonly Waiting[] {
  return [...storage.holds()].flatMap(([productId, { hold, name, endsAtMs }]) => {
    if (hold.status !== "active" || name === undefined || endsAtMs === undefined) return []
    return [{ href: `/p/${productId}`, name, quantity: hold.qty, isOrder: false, endsAtMs }]
  })
}

function unpaid(): readonly Waiting[] {
  return [...storage.orders()].flatMap(([id, { summary }]) => {
    if (summary?.stage !== "to_pay" && summary?.stage !== "needs_details") return []
    const { name, quantity, endsAtMs } = summary
    return [{ href: `/o/${id}`, name, quantity, isOrder: true, endsAtMs }]
  })
}

/** Leads to the orders of this browser, if there are any. Others see no empty list. */
export function YourOrdersLink({ data }: { readonly data: PageData }) {
  const { words } = useLanguage()
  const hasOrders = useSignal(false)
  useLayoutEffect(() => {
    hasOrders.value = storage.orders().size > 0
  }, [])
  return hasOrders.value && data.kind !== "orders" ? (
    <nav class="your-orders" aria-label={words.yourOrders}>
      <a href="/orders">{words.yourOrders}</a>
    </nav>
  ) : null
}
