import type { HostileRequest } from "../support/hostile-request.ts"
import { complaintsAbout } from "../support/problem.ts"

/** Requests about operators that match no schema, or name an operator that there is not. */

const ann = { name: "Ann", role: "support" }

const wrong: readonly (readonly [object, string])[] = [
  [{ name: undefined }, "/name"],
  [{ name: null }, "/name"],
  [{ name: 17 }, "/name"],
  [{ name: "" }, "/name"],
  [{ name: [] }, "/name"],
  [{ name: {} }, "/name"],
  [{ name: "An\u0000n" }, "/name"],
  [{ name: "An\nn" }, "/name"],
  [{ name: "\uD800" }, "/name"],
  [{ name: "x".repeat(1_000) }, "/name"],
  [{ kind: "machine" }, "/kind"],
  [{ kind: null }, "/kind"],
  [{ kind: ["person"] }, "/kind"],
  [{ role: "root" }, "/role"],
  [{ role: "Owner" }, "/role"],
  [{ role: "owner " }, "/role"],
  [{ role: ["owner"] }, "/role"],
  [{ role: {} }, "/role"],
  [{ role: undefined, kind: "key", scopes: [] }, "/scopes"],
  [{ role: undefined, kind: "key", scopes: ["holds:read"] }, "/scopes/0"],
  [{ role: undefined, kind: "key", scopes: "holds:write" }, "/scopes"],
  [{ role: undefined, kind: "key", scopes: ["holds:write", "holds:write"] }, "/scopes"],
  [{ token: "dbo1_mine" }, "/token"],
  [{ token_hash: "00" }, "/token_hash"],
  [{ disabled_at: null }, "/disabled_at"],
]

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) => (member === undefined ? "(nothing)" : member))
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const wrongBodies = wrong.map(([change, pointer]): HostileRequest => ({
  name: `POST /api/admin/operators with ${shown(change)}`,
  method: "POST",
  path: "/api/admin/operators",
  json: { ...ann, ...change },
  status: 422,
  code: "invalid_request",
  members: complaintsAbout(pointer),
}))

// What a change shares with a new operator; there is none with this id, and the body is judged before.
const wrongChanges = wrong
  .filter(([change]) => !("kind" in change) && Object.values(change)[0] !== undefined)
  .map(([change, pointer]): HostileRequest => ({
    name: `PATCH /api/admin/operators/1 with ${shown(change)}`,
    method: "PATCH",
    path: "/api/admin/operators/1",
    json: change,
    status: 422,
    code: "invalid_request",
    members: complaintsAbout(pointer),
  }))

const ids = ["0", "-1", "1.5", "ann", "9007199254740992", "%00", "999999"]
const unknownToChange = ids.map((id): HostileRequest => {
  const path = `/api/admin/operators/${id}`
  return {
    name: `PATCH ${path}`,
    method: "PATCH",
    path,
    json: { role: "owner" },
    status: 404,
    code: "operator_not_found",
  }
})

const wrongIds = ids.flatMap((id) =>
  ["disable", "enable", "rotate", "sign-out"].map((way): HostileRequest => {
    const path = `/api/admin/operators/${id}/${way}`
    return { name: `POST ${path}`, method: "POST", path, status: 404, code: "operator_not_found" }
  }),
)

const wrongSignIns = [undefined, null, 17, true, "", [], ["a-token"], {}, "x".repeat(4_097)].map(
  (token): HostileRequest => ({
    name: `POST /admin/session with ${shown(token)}`,
    method: "POST",
    path: "/admin/session",
    json: { token },
    status: 422,
    code: "invalid_request",
    members: complaintsAbout("/token"),
  }),
)

/** All of them; none changes anything. */
export const hostileOperators: readonly HostileRequest[] = [
  ...wrongBodies,
  ...wrongChanges,
  ...unknownToChange,
  ...wrongIds,
  ...wrongSignIns,
]
