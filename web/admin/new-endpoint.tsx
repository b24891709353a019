import { useSignal } from "@preact/signals"
import type { EventType, WebhookEndpointWithSecret } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"

const eventTexts: Readonly<Record<EventType, string>> = {
  "order.created": "An order is made",
  "order.paid": "An order is paid",
  "order.cancelled": "An order is cancelled",
  "order.expired": "An order was not paid in time",
  "order.refunded": "All of an order's money is back",
  "payment.refund_due": "Money has to go back",
  "payment.disputed": "A bank takes a payment back",
  "product.sold_out": "A product is sold out",
  "product.restocked": "A product has units again",
}
const eventTypes = Object.keys(eventTexts) as readonly EventType[]

export interface NewEndpointDialogProps {
  readonly made: (endpoint: WebhookEndpointWithSecret) => void
  readonly close: () => void
}

/** Asks where events are to be sent, and which. */
export function NewEndpointDialog({ made, close }: NewEndpointDialogProps) {
  const url = useSignal("")
  const chosen = useSignal<ReadonlySet<EventType>>(new Set())
  async function run(): Promise<void> {
    const types = chosen.value.size === 0 ? null : [...chosen.value]
    made(await shop.webhooks.create({ url: url.value.trim(), types }))
  }
  function choose(type: EventType, isChosen: boolean): void {
    const others = [...chosen.value].filter((other) => other !== type)
    chosen.value = new Set(isChosen ? [...others, type] : others)
  }
  return (
    <Dialog title="Send events to an address" action="Add the endpoint" run={run} close={close}>
      <Field
        id="endpoint-url"
        label="Address"
        type="url"
        value={url}
        required
        hint="https:// and where it is"
      />
      <fieldset class="choices">
        <legend>Only these events (none chosen: all)</legend>
        {eventTypes.map((type) => (
          <label key={type} class="choice">
            <input
              type="checkbox"
              checked={chosen.value.has(type)}
              onChange={({ currentTarget }) => choose(type, currentTarget.checked)}
            />
            <span>
              {eventTexts[type]} <code class="muted">{type}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <p>Events are sent from now on. The secret that signs them is shown next, and only then.</p>
    </Dialog>
  )
}

export interface NewSecretProps {
  readonly endpoint: WebhookEndpointWithSecret
  readonly done: () => void
}

/** A secret that was just made: nothing and nobody can show it again. */
export function NewSecret({ endpoint: { url, secret }, done }: NewSecretProps) {
  const isCopied = useSignal(false)
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(secret)
    isCopied.value = true
  }
  return (
    <section class="endpoint new-secret" aria-labelledby="new-secret">
      <h2 id="new-secret">The secret for {url}</h2>
      <p>
        Keep it where that program keeps its secrets. It is shown now and never again; if it is lost, have
        another one made with “New secret…”.
      </p>
      <code class="secret">{secret}</code>
      <div class="buttons">
        {window.isSecureContext && (
          <button type="button" class="button" onClick={() => void copy()}>
            {isCopied.value ? "Copied" : "Copy"}
          </button>
        )}
        <button type="button" class="button primary" onClick={done}>
          I have storage it
        </button>
      </div>
    </section>
  )
}
