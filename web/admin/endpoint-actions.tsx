import { useSignal } from "@preact/signals"
import type { WebhookEndpoint, WebhookEndpointWithSecret } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { fieldText, utcText } from "./dates.ts"
import { Field } from "./field.tsx"
import { ChangeEndpointDialog } from "./new-endpoint.tsx"
import { isMailbox } from "./mailbox.ts"
import { readTime, requiredValue } from "./form-values.ts"

type Action = "change" | "replay" | "disable" | "enable" | "rotate" | "remove"

export interface EndpointActionsProps {
  readonly endpoint: WebhookEndpoint
  /** Called with the endpoint's new secret, which the page shows once. */
  readonly rotated: (endpoint: WebhookEndpointWithSecret) => void
  /** Called when the endpoint was deleted. */
  readonly removed: (endpointId: number) => void
  /** Called when a dialog closes: reads the endpoint again. */
  readonly done: () => void
}

/** The buttons of an endpoint and their dialogs. */
export function EndpointActions({ endpoint, rotated, removed, done }: EndpointActionsProps) {
  const chosen = useSignal<Action | null>(null)
  const close = () => {
    chosen.value = null
    done()
  }
  const turn = endpoint.enabled ? (["disable", "Disable…"] as const) : (["enable", "Enable…"] as const)
  const actions = [
    ["change", "Change…"],
    ["replay", "Resend events…"],
    turn,
    ...(isMailbox(endpoint) ? [] : [["rotate", "Rotate secret…"] as const]),
    ["remove", "Delete…"],
  ] as const
  return (
    <div class="buttons">
      {actions.map(([action, text]) => (
        <button key={action} type="button" class="button" onClick={() => void (chosen.value = action)}>
          {text}
        </button>
      ))}
      {chosen.value !== null && (
        <ActionDialog
          action={chosen.value}
          endpoint={endpoint}
          rotated={rotated}
          removed={removed}
          close={close}
        />
      )}
    </div>
  )
}

interface ActionDialogProps {
  readonly action: Action
  readonly endpoint: WebhookEndpoint
  readonly rotated: (endpoint: WebhookEndpointWithSecret) => void
  readonly removed: (endpointId: number) => void
  readonly close: () => void
}

function ActionDialog({ action, endpoint, rotated, removed, close }: ActionDialogProps) {
  const { endpoint_id: id, url } = endpoint
  switch (action) {
    case "change":
      return <ChangeEndpointDialog endpoint={endpoint} close={close} />
    case "replay":
      return <ReplayDialog endpoint={endpoint} close={close} />
    case "disable":
      return (
        <Dialog
          title={`Disable ${url}?`}
          action="Disable the endpoint"
          danger
          run={() => shop.webhooks.change(id, { enabled: false })}
          close={close}
        >
          <p>
            Pending deliveries wait until the endpoint is enabled again. Events in the meantime are not sent
            to it; send them afterwards with “Resend events…”.
          </p>
        </Dialog>
      )
    case "enable":
      return (
        <Dialog
          title={`Enable ${url}?`}
          action="Enable the endpoint"
          run={() => shop.webhooks.change(id, { enabled: true })}
          close={close}
        >
          <p>
            Pending deliveries and new events are sent from now on. To send the events of the time in between,
            use “Resend events…”.
          </p>
        </Dialog>
      )
    case "rotate":
      return (
        <Dialog
          title={`Rotate the signing secret of ${url}?`}
          action="Rotate the secret"
          danger
          run={async () => rotated(await shop.webhooks.rotate(id))}
          close={close}
        >
          <p>
            The new secret is shown once, in the next step. For 24 hours events are signed with the current
            secret as well, so that you can update the receiver. A secret that was replaced earlier stops
            working.
          </p>
        </Dialog>
      )
    case "remove":
      return (
        <Dialog
          title={`Delete ${url}?`}
          action="Delete the endpoint"
          danger
          run={async () => removed((await shop.webhooks.remove(id)).endpoint_id)}
          close={close}
        >
          <p>
            Nothing more is sent to this endpoint. Its pending deliveries, its delivery log and its secret are
            deleted. This cannot be undone.
          </p>
        </Dialog>
      )
  }
}

interface ReplayDialogProps {
  readonly endpoint: WebhookEndpoint
  readonly close: () => void
}

function ReplayDialog({ endpoint, close }: ReplayDialogProps) {
  const since = useSignal(fieldText(Date.now() - 3_600_000))
  const reading = readTime(since.value)
  async function run(): Promise<void> {
    await shop.webhooks.replay(endpoint.endpoint_id, { since: requiredValue(reading, "The time") })
  }
  return (
    <Dialog title={`Resend events to ${endpoint.url}?`} action="Resend" danger run={run} close={close}>
      <Field
        id="since"
        label="Since (your time)"
        type="datetime-local"
        value={since}
        required
        reading={reading}
        hint={reading.kind === "value" ? `= ${utcText(reading.value)}` : ""}
      />
      <p>
        Every event since then is sent again under its original id, including delivered ones. The receiver has
        to ignore ids that it has already processed.
      </p>
    </Dialog>
  )
}
