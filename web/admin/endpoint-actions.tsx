import { useSignal } from "@preact/signals"
import type { WebhookEndpoint, WebhookEndpointWithSecret } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { fieldText, momentIn, utcText } from "./dates.tsx"
import { Field } from "./field.tsx"

type Action = "replay" | "disable" | "enable" | "rotate" | "remove"

export interface EndpointActionsProps {
  readonly endpoint: WebhookEndpoint
  /** It has a secret that nobody has seen yet. */
  readonly rotated: (endpoint: WebhookEndpointWithSecret) => void
  /** It is there no more. */
  readonly removed: (endpointId: number) => void
  /** Looks at it anew. */
  readonly done: () => void
}

/** What can be done to an endpoint. */
export function EndpointActions({ endpoint, rotated, removed, done }: EndpointActionsProps) {
  const chosen = useSignal<Action | null>(null)
  const close = () => {
    chosen.value = null
    done()
  }
  const turn = endpoint.enabled ? (["disable", "Disable…"] as const) : (["enable", "Enable…"] as const)
  const actions = [
    ["replay", "Send all since…"],
    turn,
    ["rotate", "New secret…"],
    ["remove", "Remove…"],
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
    case "replay":
      return <ReplayDialog endpoint={endpoint} close={close} />
    case "disable":
      return (
        <Dialog
          title={`Send nothing to ${url} for now?`}
          action="Disable the endpoint"
          hurts
          run={() => shop.webhooks.change(id, { enabled: false })}
          close={close}
        >
          <p>
            What is due for it stays due until it is enabled again. What happens meanwhile can be sent then
            with “Send all since…”.
          </p>
        </Dialog>
      )
    case "enable":
      return (
        <Dialog
          title={`Send events to ${url} again?`}
          action="Enable the endpoint"
          run={() => shop.webhooks.change(id, { enabled: true })}
          close={close}
        >
          <p>
            It gets what is due for it, and what happens from now on. What happened meanwhile can be sent with
            “Send all since…”.
          </p>
        </Dialog>
      )
    case "rotate":
      return (
        <Dialog
          title={`Sign what goes to ${url} with a new secret?`}
          action="Make a new secret"
          hurts
          run={async () => rotated(await shop.webhooks.rotate(id))}
          close={close}
        >
          <p>
            It is shown next, and only then. For 24 hours the secret of now signs as well, so that there is
            time to bring the new one to the receiver. One that was replaced before is no longer used.
          </p>
        </Dialog>
      )
    case "remove":
      return (
        <Dialog
          title={`Remove ${url}?`}
          action="Remove the endpoint"
          hurts
          run={async () => removed((await shop.webhooks.remove(id)).endpoint_id)}
          close={close}
        >
          <p>
            Nothing more is sent to it. What was due for it, its deliveries and its secret are gone, and
            cannot be brought back.
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
  const moment = momentIn(since.value)
  async function run(): Promise<void> {
    if (moment === null) throw new Error("Say since when")
    await shop.webhooks.replay(endpoint.endpoint_id, { since: moment })
  }
  return (
    <Dialog
      title={`Send events to ${endpoint.url} once more?`}
      action="Send them"
      hurts
      run={run}
      close={close}
    >
      <Field
        id="since"
        label="Since (your time)"
        type="datetime-local"
        value={since}
        required
        hint={moment === null ? "" : `= ${utcText(moment)}`}
      />
      <p>
        Every event since then is sent again, delivered ones too, under the same ids. Whoever gets them has to
        recognise those that came before.
      </p>
    </Dialog>
  )
}
