import type { ComponentChildren } from "preact"
import type { Dispute, OutgoingEvent, Refund, WholeOrder } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { may } from "./own-role.ts"
import { DateTime } from "./date-time.tsx"
import { refundStatusTexts } from "./refund-dialog.tsx"
import { reasonText } from "./timeline-texts.ts"

interface PartProps {
  readonly id: string
  readonly title: string
  readonly heads: readonly string[]
  /** The columns with amounts, from 0. */
  readonly numbers: readonly number[]
  readonly children: ComponentChildren
}

/** A heading with a table that scrolls where it is too wide. */
export function Part({ id, title, heads, numbers, children }: PartProps) {
  return (
    <section class="part">
      <h2 id={id}>{title}</h2>
      <div class="scroll" role="region" aria-labelledby={id} tabindex={0}>
        <table class="tabular">
          <thead>
            <tr>
              {heads.map((head, index) => (
                <th key={head} scope="col" class={numbers.includes(index) ? "number" : undefined}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </section>
  )
}

/** The payments that were received, with their ids at the provider; before the first one, the one that was opened. */
export function PaymentsTable({ whole: { payments, payment_attempt } }: { readonly whole: WholeOrder }) {
  if (payments.length === 0) {
    return (
      <section class="part" aria-labelledby="payments">
        <h2 id="payments">Payments</h2>
        <p class="muted">
          {payment_attempt === null
            ? "None received."
            : `None received. The buyer has started payment ${payment_attempt.payment_id} (${payment_attempt.provider}).`}
        </p>
      </section>
    )
  }
  const heads = ["Payment id", "Provider", "Amount", "Refunded", "Disputed", "Effect", "Received"]
  return (
    <Part id="payments" title="Payments" heads={heads} numbers={[2, 3, 4]}>
      {payments.map((payment) => (
        <tr key={`${payment.provider} ${payment.event_key}`}>
          <th scope="row">{payment.payment_id ?? <span class="muted">{payment.event_key}</span>}</th>
          <td>{payment.provider}</td>
          <td class="number">{priceOf(payment.amount_minor, payment.currency)}</td>
          <td class="number">{amountOrDash(payment.refunded_minor, payment.currency)}</td>
          <td class="number">{amountOrDash(payment.disputed_minor, payment.currency)}</td>
          <td>{payment.allocation === "order" ? "Pays the order" : "Is refunded"}</td>
          <td>
            <DateTime at={payment.received_at} />
          </td>
        </tr>
      ))}
    </Part>
  )
}

function amountOrDash(minor: number, currency: string): string {
  return minor === 0 ? "–" : priceOf(minor, currency)
}

/** The refunds of the order; nothing if it has none. */
export function RefundsTable({ refunds }: { readonly refunds: readonly Refund[] }) {
  if (refunds.length === 0) return null
  const heads = ["Refund", "Amount", "Back on sale", "Status", "Reason", "Id at the provider", "Changed"]
  return (
    <Part id="refunds" title="Refunds" heads={heads} numbers={[1, 2]}>
      {refunds.map((refund) => (
        <tr key={refund.refund_id}>
          <th scope="row">{refund.refund_id}</th>
          <td class="number">{amountOrDash(refund.amount_minor, refund.currency)}</td>
          <td class="number">{refund.restock_qty === 0 ? "–" : refund.restock_qty}</td>
          <td>
            {refundStatusTexts[refund.status]}
            {refund.last_error !== null && <span class="fault details">{refund.last_error}</span>}
          </td>
          <td>{reasonText(refund.reason)}</td>
          <td>{refund.provider_refund_id ?? <span class="muted">none</span>}</td>
          <td>
            <DateTime at={refund.updated_at} />
          </td>
        </tr>
      ))}
    </Part>
  )
}

/** The disputes of the order's payments; nothing if there are none. */
export function DisputesTable({ disputes }: { readonly disputes: readonly Dispute[] }) {
  if (disputes.length === 0) return null
  const heads = ["Dispute", "Payment id", "Claimed", "Status", "Opened", "Changed"]
  return (
    <Part id="disputes" title="Disputes" heads={heads} numbers={[2]}>
      {disputes.map((dispute) => (
        <tr key={`${dispute.provider} ${dispute.dispute_id}`}>
          <th scope="row">{dispute.dispute_id}</th>
          <td>{dispute.payment_id}</td>
          <td class="number">{priceOf(dispute.amount_minor, dispute.currency)}</td>
          <td>{dispute.status}</td>
          <td>
            <DateTime at={dispute.created_at} />
          </td>
          <td>
            <DateTime at={dispute.updated_at} />
          </td>
        </tr>
      ))}
    </Part>
  )
}

/** The outgoing events and their deliveries; nothing if none was written. */
export function DeliveriesTable({ events }: { readonly events: readonly OutgoingEvent[] }) {
  if (events.length === 0) return null
  const heads = ["Event", "Id", "Endpoint", "Status", "Attempts", "Last answer", "Changed"]
  return (
    <Part id="deliveries" title="Webhooks" heads={heads} numbers={[4]}>
      {events.flatMap(({ webhook_id, type, created_at, deliveries }) =>
        deliveries.length === 0
          ? [
              <tr key={webhook_id}>
                <th scope="row">{type}</th>
                <td>{webhook_id}</td>
                <td class="muted">none</td>
                <td class="muted" colSpan={3}>
                  no endpoint receives this type, or deliveries are not created yet
                </td>
                <td>
                  <DateTime at={created_at} />
                </td>
              </tr>,
            ]
          : deliveries.map((delivery) => (
              <tr key={`${delivery.endpoint_id} ${webhook_id}`}>
                <th scope="row">{type}</th>
                <td>{webhook_id}</td>
                <td>
                  {may("owner") ? <a href="/admin/webhooks">{delivery.endpoint_id}</a> : delivery.endpoint_id}
                </td>
                <td>{delivery.status === "due" ? "pending" : delivery.status}</td>
                <td class="number">{delivery.attempts}</td>
                <td>{delivery.response_status ?? delivery.last_error ?? <span class="muted">none</span>}</td>
                <td>
                  <DateTime at={delivery.updated_at} />
                </td>
              </tr>
            )),
      )}
    </Part>
  )
}
