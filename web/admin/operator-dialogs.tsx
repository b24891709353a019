import { useSignal } from "@preact/signals"
import type { Operator, OperatorChangesBody, OperatorWithToken } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { rightsOf, rightsText, rightsChoices, wantedRights } from "./new-operator.tsx"

/** What can be done with an operator of the list. */
export type OperatorAction = "change" | "rotate" | "signOut" | "disable" | "enable"

interface OperatorActionDialogProps {
  readonly action: OperatorAction
  readonly operator: Operator
  /** All operators, to find the last owner among them. */
  readonly all: readonly Operator[]
  readonly withToken: (operator: OperatorWithToken) => void
  readonly close: () => void
}

/** Asks before an action on an operator, and performs it. */
export function OperatorActionDialog({ action, operator, all, withToken, close }: OperatorActionDialogProps) {
  const { operator_id: id, name } = operator
  switch (action) {
    case "change":
      return <ChangeDialog operator={operator} all={all} close={close} />
    case "enable":
      return (
        <Dialog
          title={`Enable ${name}?`}
          action="Enable the operator"
          run={async () => withToken(await shop.operators.enable(id))}
          close={close}
        >
          <p>
            {name} gets in again as “{rightsText(operator)}”, with a new token that is shown once, in the next
            step. The previous token stays refused. To give other rights, use “Change…” first.
          </p>
        </Dialog>
      )
    case "rotate":
      return (
        <Dialog
          title={`Rotate the token of ${name}?`}
          action="Rotate the token"
          danger
          run={async () => withToken(await shop.operators.rotate(id))}
          close={close}
        >
          <p>
            The current token and all sessions end within five seconds. A program that uses it stops working
            until it has the new one. The new token is shown once, in the next step.
          </p>
        </Dialog>
      )
    case "signOut":
      return (
        <Dialog
          title={`Sign ${name} out everywhere?`}
          action="End all sessions"
          run={() => shop.operators.signOut(id)}
          close={close}
        >
          <p>All sessions end within five seconds. The token stays valid, so {name} can sign in again.</p>
        </Dialog>
      )
    case "disable":
      return (
        <Dialog
          title={`Disable ${name}?`}
          action="Disable the operator"
          danger
          run={() => shop.operators.disable(id)}
          close={close}
        >
          <p>The token and all sessions end within five seconds. Enabling {name} again gives a new token.</p>
          {isLastOwner(operator, all) && <LastOwner />}
        </Dialog>
      )
  }
}

interface ChangeDialogProps {
  readonly operator: Operator
  readonly all: readonly Operator[]
  readonly close: () => void
}

/** Asks for another name and other rights. */
function ChangeDialog({ operator, all, close }: ChangeDialogProps) {
  const name = useSignal(operator.name)
  const before = rightsOf(operator)
  const rights = useSignal(before)

  // What was not touched is not sent: another owner may have changed it meanwhile.
  function changes(): OperatorChangesBody {
    const given = name.value.trim()
    return {
      ...(given !== operator.name && { name: given }),
      ...(rights.value !== before && wantedRights(rights.value)),
    }
  }

  return (
    <Dialog
      title={`Change ${operator.name}`}
      action="Save"
      isForm
      run={() => shop.operators.change(operator.operator_id, changes())}
      close={close}
    >
      <Field
        id="operator-name"
        label="Name"
        value={name}
        required
        hint="Earlier entries of the record of actions keep the earlier name"
      />
      <Field id="operator-rights" label="May do" value={rights} list={rightsChoices(operator)} />
      <p>The token stays. Other rights count within five seconds, also in open sessions.</p>
      {rights.value !== "owner" && isLastOwner(operator, all) && <LastOwner />}
    </Dialog>
  )
}

/** A key is no such owner, because it cannot sign in. */
function isLastOwner({ operator_id: id }: Operator, all: readonly Operator[]): boolean {
  const owners = all.filter(
    ({ kind, role, disabled_at: disabledAt }) => kind === "person" && role === "owner" && disabledAt === null,
  )
  return owners.length === 1 && owners[0]?.operator_id === id
}

function LastOwner() {
  return (
    <p class="warning">
      This is the last owner. Afterwards no person can change operators in the control room with a token of
      their own. ADMIN_TOKEN and the command “doorbuster operators” on the server still can.
    </p>
  )
}
