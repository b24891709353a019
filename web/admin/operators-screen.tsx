import { useSignal } from "@preact/signals"
import type { Operator, OperatorWithToken } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { Dialog } from "./dialog.tsx"
import { NewOperatorDialog, NewToken, rightsText } from "./new-operator.tsx"
import { Failure } from "./pager.tsx"
import { usePolling } from "./polling.ts"

type Action = "rotate" | "signOut" | "disable"

const actions = [
  ["rotate", "Rotate token…"],
  ["signOut", "Sign out everywhere…"],
  ["disable", "Disable…"],
] as const

/** Lists who may run the shop, adds operators, and ends their tokens and sessions. */
export function OperatorsScreen() {
  const operators = usePolling("operators", 5_000, (signal) => shop.operators.list({ signal }))
  const isAdding = useSignal(false)
  const withToken = useSignal<OperatorWithToken | null>(null)
  const chosen = useSignal<{ readonly action: Action; readonly operator: Operator } | null>(null)
  const list = operators.value.value?.data
  const show = (operator: OperatorWithToken) => void (withToken.value = operator)
  const close = () => {
    isAdding.value = false
    chosen.value = null
    operators.refresh()
  }
  return (
    <>
      <div class="heading">
        <h1>Operators</h1>
        <button type="button" class="button primary" onClick={() => void (isAdding.value = true)}>
          New operator…
        </button>
      </div>
      <p class="muted">
        People and keys with a token of their own. The server’s ADMIN_TOKEN is not in this list: it may do
        everything and always works.
      </p>
      <Failure text={operators.failure.value} />
      {withToken.value !== null && (
        <NewToken operator={withToken.value} done={() => void (withToken.value = null)} />
      )}
      {list?.length === 0 && <p class="muted">No operators yet.</p>}
      {list !== undefined && list.length > 0 && (
        <OperatorsTable
          list={list}
          choose={(action, operator) => void (chosen.value = { action, operator })}
        />
      )}
      {isAdding.value && <NewOperatorDialog made={show} close={close} />}
      {chosen.value !== null && <ActionDialog {...chosen.value} rotated={show} close={close} />}
    </>
  )
}

interface OperatorsTableProps {
  readonly list: readonly Operator[]
  readonly choose: (action: Action, operator: Operator) => void
}

function OperatorsTable({ list, choose }: OperatorsTableProps) {
  return (
    <div class="scroll" role="region" aria-label="Operators" tabindex={0}>
      <table class="tabular">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role or scopes</th>
            <th scope="col" class="number">
              Sessions
            </th>
            <th scope="col">Last used</th>
            <th scope="col">Added</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((operator) => (
            <tr key={operator.operator_id} class={operator.disabled_at === null ? undefined : "disabled"}>
              <th scope="row" class="name">
                {operator.name}
              </th>
              <td>{rightsText(operator)}</td>
              <td class="number">{operator.sessions}</td>
              <td>
                <DateTime at={operator.last_used_at} none="never" />
              </td>
              <td>
                <DateTime at={operator.created_at} />
              </td>
              <td class="row-actions">
                {operator.disabled_at === null ? (
                  actionsOf(operator).map(([action, text]) => (
                    <button
                      key={action}
                      type="button"
                      class="button"
                      onClick={() => choose(action, operator)}
                    >
                      {text}
                      <span class="visually-hidden"> {operator.name}</span>
                    </button>
                  ))
                ) : (
                  <span class="muted">
                    Disabled <DateTime at={operator.disabled_at} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A key has no sessions. */
function actionsOf({ kind }: Operator) {
  return kind === "key" ? actions.filter(([action]) => action !== "signOut") : actions
}

interface ActionDialogProps {
  readonly action: Action
  readonly operator: Operator
  readonly rotated: (operator: OperatorWithToken) => void
  readonly close: () => void
}

function ActionDialog({ action, operator: { operator_id: id, name }, rotated, close }: ActionDialogProps) {
  switch (action) {
    case "rotate":
      return (
        <Dialog
          title={`Rotate the token of ${name}?`}
          action="Rotate the token"
          danger
          run={async () => rotated(await shop.operators.rotate(id))}
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
          <p>
            The token and all sessions end within five seconds. This cannot be undone: to let {name} in again,
            add a new operator under another name.
          </p>
        </Dialog>
      )
  }
}
