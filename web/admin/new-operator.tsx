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

const FOR_BUYERS = "holds:write orders:write"
const buyersText = "Holds and orders of buyers; no access to the control room"

/** What an operator may do, in a few words. */
export function rightsText({ kind, role, scopes }: Operator): string {
  return `${kind === "key" ? "Key: " : ""}${role ?? (scopes ?? []).join(", ")}`
}

/** The choice of {@link rightsChoices} that an operator has. */
export function rightsOf({ role, scopes }: Operator): string {
  return role ?? (scopes ?? []).join(" ")
}

/** What an operator of this kind may be given, and what it has. */
export function rightsChoices(operator: Pick<Operator, "kind" | "scopes">): (readonly [string, string])[] {
  if (operator.kind !== "key") return [...roles]
  const isOneScope = operator.scopes?.length === 1
  const own = operator.scopes?.[0] ?? ""
  return [...roles, [FOR_BUYERS, buyersText], ...(isOneScope ? [[own, `Only ${own}`] as const] : [])]
}

/** The role or the scopes of a choice. */
export function wantedRights(choice: string): Pick<NewOperatorBody, "role" | "scopes"> {
  if (choice === FOR_BUYERS) return { scopes: ["holds:write", "orders:write"] }
  return { role: roles.find(([one]) => one === choice)?.[0] ?? "viewer" }
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
  const choices = rightsChoices({ kind: isKey ? "key" : "person", scopes: null })

  function wanted(): NewOperatorBody {
    const chosen = isKey || rights.value !== FOR_BUYERS ? rights.value : "viewer"
    return { name: name.value.trim(), kind: isKey ? "key" : "person", ...wantedRights(chosen) }
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
        hint="It stands in the record of actions"
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
