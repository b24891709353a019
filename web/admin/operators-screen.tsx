import { useSignal } from "@preact/signals"
import type { Operator, OperatorWithToken } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { NewOperatorDialog, NewToken, rightsText } from "./new-operator.tsx"
import { OperatorActionDialog, type OperatorAction } from "./operator-dialogs.tsx"
import { Failure } from "./pager.tsx"
import { usePolling } from "./polling.ts"

const actions = [
  ["change", "Change…"],
  ["rotate", "Rotate token…"],
  ["signOut", "Sign out everywhere…"],
  ["disable", "Disable…"],
] as const
const disabledActions = [
  ["change", "Change…"],
  ["enable", "Enable…"],
] as const

/** Lists who may run the shop, adds and changes operators, and ends their tokens and sessions. */
export function OperatorsScreen() {
  const operators = usePolling("operators", 5_000, (signal) => shop.operators.list({ signal }))
  const isAdding = useSignal(false)
  const withToken = useSignal<OperatorWithToken | null>(null)
  const chosen = useSignal<{ readonly action: OperatorAction; readonly operator: Operator } | null>(null)
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
      {chosen.value !== null && (
        <OperatorActionDialog {...chosen.value} all={list ?? []} withToken={show} close={close} />
      )}
    </>
  )
}

interface OperatorsTableProps {
  readonly list: readonly Operator[]
  readonly choose: (action: OperatorAction, operator: Operator) => void
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
                {operator.disabled_at !== null && (
                  <span class="muted">
                    Disabled <DateTime at={operator.disabled_at} />
                  </span>
                )}
                {actionsOf(operator).map(([action, text]) => (
                  <button key={action} type="button" class="button" onClick={() => choose(action, operator)}>
                    {text}
                    <span class="visually-hidden"> {operator.name}</span>
                  </button>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A key has no sessions. */
function actionsOf({ kind, disabled_at: disabledAt }: Operator) {
  if (disabledAt !== null) return disabledActions
  return kind === "key" ? actions.filter(([action]) => action !== "signOut") : actions
}
