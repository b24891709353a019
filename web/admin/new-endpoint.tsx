import { useSignal } from "@preact/signals"
import type { EventType, WebhookEndpoint, WebhookEndpointWithSecret } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { readEndpoint, requiredValue } from "./form-values.ts"
import { isMailbox, mailboxEvents } from "./mailbox.ts"

const eventTexts: Readonly<Record<EventType, string>> = {
  "order.created": "Order created",
  "order.paid": "Order paid",
  "order.cancelled": "Order cancelled",
  "order.expired": "Order expired unpaid",
  "order.refunded": "Order refunded in full",
  "payment.refund_due": "Refund due",
  "payment.refund_failed": "A refund that was confirmed has failed after all",
  "payment.disputed": "Payment disputed",
  "customer.code_requested": "A buyer asks for a code; your system mails it",
  "product.sold_out": "Product sold out",
  "product.restocked": "Product back in stock",
  "alert.raised": "Alert: a light has turned red or amber",
  "alert.ended": "Alert over",
}
const eventTypes = Object.keys(eventTexts) as readonly EventType[]

export interface NewEndpointDialogProps {
  readonly made: (endpoint: WebhookEndpointWithSecret) => void
  readonly close: () => void
}

/** Asks for the URL of a new endpoint and the events that it receives. */
export function NewEndpointDialog({ made, close }: NewEndpointDialogProps) {
  const wanted = useWantedEvents({ url: "", types: null })
  return (
    <Dialog
      title="New webhook endpoint"
      action="Add the endpoint"
      run={async () => made(await shop.webhooks.create(wanted.read()))}
      close={close}
    >
      <WantedEventsFields wanted={wanted} />
      <p>
        Events are sent from now on.
        {!wanted.isForMailbox && " The signing secret is shown once, in the next step."}
      </p>
    </Dialog>
  )
}

export interface ChangeEndpointDialogProps {
  readonly endpoint: WebhookEndpoint
  readonly close: () => void
}

/** Asks for another URL of an endpoint, or other events. */
export function ChangeEndpointDialog({ endpoint, close }: ChangeEndpointDialogProps) {
  const wanted = useWantedEvents(endpoint)
  return (
    <Dialog
      title={`Change ${endpoint.url}`}
      action="Save the changes"
      isForm
      run={() => shop.webhooks.change(endpoint.endpoint_id, wanted.read())}
      close={close}
    >
      <WantedEventsFields wanted={wanted} />
      <p>
        {!wanted.isForMailbox && "The signing secret stays. "}Pending deliveries go to the new URL too. Events
        that happened before a type was selected are not sent; use “Resend events…”.
      </p>
    </Dialog>
  )
}

/** The URL and the events that a form asks for. */
function useWantedEvents(first: Pick<WebhookEndpoint, "url" | "types">) {
  const url = useSignal(first.url)
  const chosen = useSignal<ReadonlySet<EventType>>(new Set(first.types))
  const reading = readEndpoint(url.value)
  const isForMailbox = reading.kind === "value" && isMailbox({ url: reading.value })
  return {
    url,
    chosen,
    reading,
    /** The events to choose from. */
    events: isForMailbox ? mailboxEvents : eventTypes,
    isForMailbox,
    read() {
      const types = chosen.value.size === 0 ? null : [...chosen.value]
      return { url: requiredValue(reading, "The URL"), types }
    },
  }
}

function WantedEventsFields({ wanted }: { readonly wanted: ReturnType<typeof useWantedEvents> }) {
  const { url, chosen, reading, events, isForMailbox } = wanted
  function choose(type: EventType, isChosen: boolean): void {
    const others = [...chosen.value].filter((other) => other !== type)
    chosen.value = new Set(isChosen ? [...others, type] : others)
  }
  return (
    <>
      <Field
        id="endpoint-url"
        label="URL or e-mail address"
        value={url}
        required
        reading={reading}
        hint={
          isForMailbox
            ? "A mailbox gets a mail for each of these events. Events of orders are not sent to it."
            : "Such as https://shop.example/webhooks. At an e-mail address you get alerts as mails; for that this server needs a mail server (SMTP_URL)."
        }
      />
      <fieldset class="choices">
        <legend>Events (none selected: all but the requests for codes)</legend>
        {events.map((type) => (
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
    </>
  )
}

export interface NewSecretProps {
  readonly endpoint: WebhookEndpointWithSecret
  readonly done: () => void
}

/** Shows a new secret, which the server returns only once. */
export function NewSecret({ endpoint: { url, secret }, done }: NewSecretProps) {
  const isCopied = useSignal(false)
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(secret)
    isCopied.value = true
  }
  return (
    <section class="endpoint new-secret" aria-labelledby="new-secret">
      <h2 id="new-secret">Signing secret for {url}</h2>
      <p>
        Copy the secret to the configuration of the receiver now: it is shown only once. If you lose it, use
        “Rotate secret…” to get a new one.
      </p>
      <code class="secret">{secret}</code>
      <div class="buttons">
        {window.isSecureContext && (
          <button type="button" class="button" onClick={() => void copy()}>
            {isCopied.value ? "Copied" : "Copy"}
          </button>
        )}
        <button type="button" class="button primary" onClick={done}>
          I have stored it
        </button>
      </div>
    </section>
  )
}
