import type {
  AccessCode,
  AccessCodeBody,
  AccessCodeSet,
  NewAccessCodes,
  NewAccessCodesBody,
} from "./access-types.ts"
import type { WholeList } from "./admin-types.ts"
import { get } from "./client.ts"
import type { CallOptions } from "./options.ts"
import { call, type connectionTo } from "./send.ts"

/** The calls about a product's access codes. Refused, all of them: `product_not_found`. */
export interface AccessCodeCalls {
  /** Makes or uploads codes. Never retried, because a retry would make others. */
  add(productId: number, body: NewAccessCodesBody, options?: CallOptions): Promise<NewAccessCodes>
  /** Lists the sets of codes, with how much of them is used. */
  sets(productId: number, options?: CallOptions): Promise<WholeList<AccessCodeSet>>
  /** Returns a code with how much of it is used. Refused, here and below: `access_code_not_found`. */
  find(productId: number, body: AccessCodeBody, options?: CallOptions): Promise<AccessCode>
  /** Revokes the code for good: holds with it are refused from now on. Those that exist, and their orders, stay valid. Idempotent. */
  revoke(productId: number, body: AccessCodeBody, options?: CallOptions): Promise<AccessCode>
}

/** Makes the calls over a connection. */
export function accessCodeCalls(connection: ReturnType<typeof connectionTo>): AccessCodeCalls {
  const codesOf = (productId: number) => `/api/admin/products/${productId}/codes`
  const post = <Answer>(path: string, body: object, options: CallOptions = {}, repeatable = true) =>
    call<Answer>(connection, { method: "POST", path, body, repeatable, options })

  return {
    add: (productId, body, options) => post(codesOf(productId), body, options, false),
    sets: (productId, options) => call(connection, get(codesOf(productId), options)),
    find: (productId, body, options) => post(`${codesOf(productId)}/find`, body, options),
    revoke: (productId, body, options) => post(`${codesOf(productId)}/revoke`, body, options),
  }
}
