import type { WholeList } from "./admin-types.ts"
import { get } from "./client.ts"
import type { NewOperatorBody, Operator, OperatorChangesBody, OperatorWithToken } from "./operator-types.ts"
import type { CallOptions } from "./options.ts"
import { call, type connectionTo } from "./send.ts"

/** The calls about who may run the shop. They need the role `owner`. */
export interface OperatorCalls {
  /** Lists the enabled operators by id, then the disabled ones. */
  list(options?: CallOptions): Promise<WholeList<Operator>>
  /** Adds an operator and returns its token. Never retried. Refused: `operator_name_used`, `too_many_operators`. */
  add(body: NewOperatorBody, options?: CallOptions): Promise<OperatorWithToken>
  /**
   * Changes its name, or its role or scopes, also those of its open sessions. Idempotent. Refused: `operator_name_used`, and
   * here and below `operator_not_found`.
   */
  change(operatorId: number, changes: OperatorChangesBody, options?: CallOptions): Promise<Operator>
  /** Ends its token and its sessions. Idempotent. */
  disable(operatorId: number, options?: CallOptions): Promise<Operator>
  /**
   * Lets a disabled operator in again and returns its new token; the previous one stays refused. Never retried. Refused:
   * `operator_enabled`, `too_many_operators`.
   */
  enable(operatorId: number, options?: CallOptions): Promise<OperatorWithToken>
  /** Replaces its token and ends its sessions. Never retried. Refused: `operator_disabled`. */
  rotate(operatorId: number, options?: CallOptions): Promise<OperatorWithToken>
  /** Ends all its sessions of the control room. Idempotent. */
  signOut(operatorId: number, options?: CallOptions): Promise<Operator>
}

/** Makes the calls over a connection. */
export function operatorCalls(connection: ReturnType<typeof connectionTo>): OperatorCalls {
  const operators = "/api/admin/operators"
  const post = <Answer>(
    path: string,
    repeatable: boolean,
    { body, options = {} }: { readonly body?: object; readonly options: CallOptions | undefined },
  ) => call<Answer>(connection, { method: "POST", path: `${operators}${path}`, body, repeatable, options })

  return {
    list: (options) => call(connection, get(operators, options)),
    add: (body, options) => post("", false, { body, options }),
    change: (operatorId, body, options) =>
      call(connection, {
        method: "PATCH",
        path: `${operators}/${operatorId}`,
        body,
        repeatable: true,
        options: options ?? {},
      }),
    enable: (operatorId, options) => post(`/${operatorId}/enable`, false, { options }),
    disable: (operatorId, options) => post(`/${operatorId}/disable`, true, { options }),
    rotate: (operatorId, options) => post(`/${operatorId}/rotate`, false, { options }),
    signOut: (operatorId, options) => post(`/${operatorId}/sign-out`, true, { options }),
  }
}
