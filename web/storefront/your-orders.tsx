import { useSignal } from "@preact/signals"
import { Fragment } from "preact"
import { useEffect, useLayoutEffect } from "preact/hooks"
import { createClient, type Order } from "../../client/src/index.ts"
import { storage, type OrderStage, type OrderSummary, type StoredOrder } from "./browser-storage.ts"
import { useLanguage } from "./page-language.ts"

type Listed = readonly (readonly [number, StoredOrder])[]

/** The most orders that a visit asks the server for. */
const MOST_READ = 10

function stored(): Listed {
  return [...storage.orders()].toSorted(([one], [other]) => other - one)
}

/** Reads the newest orders, whose pages may have been closed before they were paid. */
async function readNewest(): Promise<void> {
  const client = createClient({ baseUrl: "" })
  const newest = stored().slice(0, MOST_READ)
  await Promise.all(
    newest.map(async ([id, { token, summary }]) => {
      if (summary === undefined) return
      const order = await client.orders.get(id, { token }).catch(() => null)
      const stage = order === null ? null : stages[order.status]
      // The order's own page knows more of a cancelled one: that a payment was declined, or is being refunded.
      const isKnown = stage === "cancelled" && !waits.has(summary.stage)
      if (stage !== null && !isKnown) {
        storage.saveOrder(id, { summary: { ...summary, stage, refundedMinor: order?.refunded_minor } })
      }
    }),
  )
}

const waits: ReadonlySet<OrderStage> = new Set(["to_pay", "needs_details", "payment_under_way"])

/** What a status means for an order of the list; null: what its own page has said last is closer. */
const stages: Readonly<Record<Order["status"], OrderStage | null>> = {
  pending_payment: null,
  paid: "paid",
  refunded: "refunded",
  cancelled: "cancelled",
  expired: "order_expired",
}

/** The orders that were made or opened in this browser, the newest first, as each was when its page was open. */
export function YourOrders({ hasMail }: { readonly hasMail: boolean }) {
  const { words } = useLanguage()
  const orders = useSignal<Listed | null>(null)
  useLayoutEffect(() => {
    orders.value = stored()
  }, [])
  useEffect(() => {
    void readNewest().then(() => (orders.value = stored()))
  }, [])
  return (
    <main class="list">
      <h1>{words.yourOrders}</h1>
      {orders.value !== null && orders.value.length > 0 && (
        <ul class="product-list">
          {orders.value.map(([id, { summary }]) => (
            <OrderLine key={id} id={id} summary={summary} />
          ))}
        </ul>
      )}
      {orders.value?.length === 0 && <p>{words.noOrdersHere}</p>}
      <noscript>
        <p class="notice">{words.orderNeedsScripts}</p>
      </noscript>
      <p>
        {words.orderedElsewhere} {hasMail ? <a href="/find">{words.findByEmail}</a> : words.found.no_mail}
      </p>
    </main>
  )
}

function OrderLine({ id, summary }: { readonly id: number; readonly summary: StoredOrder["summary"] }) {
  const language = useLanguage()
  const { words, price } = language
  if (summary === undefined) {
    return (
      <li>
        <a href={`/o/${id}`}>
          <span class="name tabular">{words.order(id)}</span>
        </a>
      </li>
    )
  }
  const { quantity, lines = [], totalMinor, refundedMinor, currency, stage, endsAtMs } = summary
  const isOver = (stage === "to_pay" || stage === "needs_details") && endsAtMs <= Date.now()
  return (
    <li>
      <a href={`/o/${id}`}>
        <span class="name">
          <span class="tabular">{quantity} ×</span> <bdi>{nameIn(summary)}</bdi>
        </span>
        <span class="price tabular">{price(totalMinor, currency)}</span>
        {lines.length > 1 && (
          <span class="state tabular">
            {lines.map((line, index) => (
              <Fragment key={line.name}>
                {index > 0 && " · "}
                {line.quantity} × <bdi>{line.name}</bdi>
              </Fragment>
            ))}
          </span>
        )}
        <span class="state tabular">
          {words.order(id)} · {words.headlines[isOver ? "order_expired" : stage]}
          {stage === "paid" &&
            refundedMinor !== undefined &&
            ` · ${words.refundedAmount(price(refundedMinor, currency))}`}
        </span>
      </a>
    </li>
  )
}

/** The product with its variant, if the order has one only. */
function nameIn({ name, lines = [] }: OrderSummary): string {
  const [line] = lines
  return lines.length === 1 && line !== undefined ? `${name}, ${line.name}` : name
}
