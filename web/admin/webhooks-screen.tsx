import { useSignal } from "@preact/signals"
import type {
  DeliveryStatus,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
} from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { EndpointActions } from "./endpoint-actions.tsx"
import { DateTime } from "./date-time.tsx"
import { NewEndpointDialog, NewSecret } from "./new-endpoint.tsx"
import { Field } from "./field.tsx"
import { isMailbox } from "./mailbox.ts"
import { Failure, Pager } from "./pager.tsx"
import { TestEvent } from "./test-event.tsx"
import { usePolling } from "./polling.ts"

/** Lists the webhook endpoints with their deliveries. */
export function WebhooksScreen() {
  const endpoints = usePolling("endpoints", 10_000, (signal) => shop.webhooks.list({ signal }))
  const list = endpoints.value.value?.data
  const isAdding = useSignal(false)
  const withSecret = useSignal<WebhookEndpointWithSecret | null>(null)
  const show = (endpoint: WebhookEndpointWithSecret) =>
    void (withSecret.value = isMailbox(endpoint) ? null : endpoint)
  function forget(endpointId: number): void {
    if (withSecret.value?.endpoint_id === endpointId) withSecret.value = null
  }
  return (
    <>
      <div class="heading">
        <h1>Webhooks</h1>
        <button type="button" class="button primary" onClick={() => void (isAdding.value = true)}>
          New endpoint…
        </button>
      </div>
      <Failure text={endpoints.failure.value} />
      {withSecret.value !== null && (
        <NewSecret endpoint={withSecret.value} done={() => void (withSecret.value = null)} />
      )}
      {isAdding.value && (
        <NewEndpointDialog
          made={show}
          close={() => {
            isAdding.value = false
            endpoints.refresh()
          }}
        />
      )}
      {list?.length === 0 && <p class="muted">No endpoints yet.</p>}
      {list?.map((endpoint) => (
        <Endpoint
          key={endpoint.endpoint_id}
          endpoint={endpoint}
          rotated={show}
          removed={forget}
          changed={endpoints.refresh}
        />
      ))}
    </>
  )
}

const statusTexts: Readonly<Record<DeliveryStatus, string>> = {
  due: "pending",
  delivered: "delivered",
  failed: "failed",
}
const statuses = [
  ["", "All deliveries"],
  ["failed", "Failed"],
  ["due", "Pending"],
  ["delivered", "Delivered"],
] as const

interface EndpointProps {
  readonly endpoint: WebhookEndpoint
  readonly rotated: (endpoint: WebhookEndpointWithSecret) => void
  readonly removed: (endpointId: number) => void
  /** Called when the endpoint may have changed. */
  readonly changed: () => void
}

function Endpoint({ endpoint, rotated, removed, changed }: EndpointProps) {
  const { endpoint_id: id, url, types, enabled, disabled_reason: reason } = endpoint
  const status = useSignal("")
  const cursor = useSignal<string | undefined>(undefined)
  const chosen = useSignal<WebhookDelivery | null>(null)
  const wanted = status.value === "" ? undefined : (status.value as DeliveryStatus)
  const deliveries = usePolling(`${id} ${status.value} ${cursor.value}`, 5_000, (signal) =>
    shop.webhooks.deliveries(id, { status: wanted, cursor: cursor.value, limit: 20 }, { signal }),
  )
  const page = deliveries.value.value
  const look = () => {
    changed()
    deliveries.refresh()
  }
  const close = () => {
    chosen.value = null
    deliveries.refresh()
  }
  return (
    <section class="endpoint" aria-labelledby={`endpoint-${id}`}>
      <div class="heading">
        <h2 id={`endpoint-${id}`}>{url}</h2>
        <EndpointActions endpoint={endpoint} rotated={rotated} removed={removed} done={look} />
      </div>
      <p class={enabled ? "muted" : "refusal"}>
        {enabled ? "Enabled" : `Disabled: ${reason}`}, for {types === null ? "all events" : types.join(", ")}
      </p>
      <TestEvent endpoint={endpoint} />
      <Field id={`status-${id}`} label="Show" value={status} list={statuses} />
      <Failure text={deliveries.failure.value} />
      {page !== null && page.data.length > 0 && (
        <div class="scroll" role="region" aria-label={`Deliveries to ${url}`} tabindex={0}>
          <table class="tabular">
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col">Status</th>
                <th scope="col" class="number">
                  Attempts
                </th>
                <th scope="col">Last response</th>
                <th scope="col">Created</th>
                <th scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((delivery) => (
                <tr key={delivery.webhook_id}>
                  <th scope="row">{delivery.webhook_id}</th>
                  <td>{statusTexts[delivery.status]}</td>
                  <td class="number">{delivery.attempts}</td>
                  <td class="wide">{delivery.last_error ?? delivery.response_status ?? "none"}</td>
                  <td>
                    <DateTime at={delivery.created_at} />
                  </td>
                  <td>
                    <button type="button" class="button" onClick={() => void (chosen.value = delivery)}>
                      Resend…
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager page={page} cursor={cursor} nothing="No deliveries." />
      {chosen.value !== null && (
        <ReplayOneDialog endpoint={endpoint} webhookId={chosen.value.webhook_id} close={close} />
      )}
    </section>
  )
}

interface ReplayOneDialogProps {
  readonly endpoint: WebhookEndpoint
  readonly webhookId: string
  readonly close: () => void
}

function ReplayOneDialog({ endpoint, webhookId, close }: ReplayOneDialogProps) {
  const run = () => shop.webhooks.replayOne(endpoint.endpoint_id, webhookId)
  return (
    <Dialog title={`Resend ${webhookId}?`} action="Resend" run={run} close={close}>
      <p>{endpoint.url} receives it again under the same id.</p>
    </Dialog>
  )
}
