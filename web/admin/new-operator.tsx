import { useSignal } from "@preact/signals"
import type { NewOperatorBody, Operator, OperatorWithToken, Role } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"

/** What each role may do, after the one before. */
const roleTexts: Readonly<Record<Role, string>> = {
  viewer: "Viewer: looks at sales, sees no data of buyers",
  support: "Support: also searches, cancels, releases and refunds",
  manager: "Manager: also changes products and stock, and pauses sales",
  owner: "Owner: everything",
}
const roles = Object.entries(roleTexts) as readonly (readonly [Role, string])[]

const FOR_BUYERS = "buyers"

/** What an operator may do, in a few words. */
export function rightsText({ kind, role, scopes }: Operator): string {
  return `${kind === "key" ? "Key: " : ""}${role ?? (scopes ?? []).join(", ")}`
}

interface NewOperatorDialogProps {
  readonly made: (operator: OperatorWithToken) => void
  readonly close: () => void
}

/** Asks for the name of a new operator, and for what it may do. */
export function NewOperatorDialog({ made, close }: NewOperatorDialogProps) {
  const name = useSignal("")
  const kind = useSignal("person")
  const rights = useSignal("support")
  const isKey = kind.value === "key"
  const choices = isKey
    ? [...roles, [FOR_BUYERS, "Holds and orders of buyers; no access to the control room"] as const]
    : roles

  function wanted(): NewOperatorBody {
    const named = { name: name.value.trim(), kind: isKey ? "key" : "person" } as const
    if (isKey && rights.value === FOR_BUYERS) return { ...named, scopes: ["holds:write", "orders:write"] }
    const role = roles.find(([one]) => one === rights.value)?.[0] ?? "viewer"
    return { ...named, role }
  }

  return (
    <Dialog
      title="New operator"
      action="Add the operator"
      isForm
      run={async () => made(await shop.operators.add(wanted()))}
      close={close}
    >
      <Field
        id="operator-name"
        label="Name"
        value={name}
        required
        hint="It stands in the record of actions, and cannot be used again"
      />
      <Field
        id="operator-kind"
        label="For"
        value={kind}
        list={[
          ["person", "A person, who signs in to the control room"],
          ["key", "A program"],
        ]}
      />
      <Field id="operator-rights" label="May do" value={rights} list={choices} />
      <p>The token is shown once, in the next step.</p>
    </Dialog>
  )
}

interface NewTokenProps {
  readonly operator: OperatorWithToken
  readonly done: () => void
}

/** Shows a new token, which the server returns only once. */
export function NewToken({ operator: { name, token }, done }: NewTokenProps) {
  const isCopied = useSignal(false)
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(token)
    isCopied.value = true
  }
  return (
    <section class="endpoint new-secret" aria-labelledby="new-token">
      <h2 id="new-token">Token of {name}</h2>
      <p>
        Hand it over in a safe way now, such as a password manager: it is shown only once. If it is lost, use
        “Rotate token…” to get a new one.
      </p>
      <code class="secret">{token}</code>
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
