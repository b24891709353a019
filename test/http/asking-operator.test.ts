import type { FastifyRequest } from "fastify"
import { expect, test } from "vitest"
import type { Caller, Gatekeeper } from "../../src/http/access/auth.ts"
import { askingOperator } from "../../src/http/routes/admin/operators/asking-operator.ts"

const admin = { kind: "admin", by: "token", role: "owner" } as const

// A request was let in for an owner; when its change begins, that owner may be disabled, and then its token is a stranger's.
test.each<[string, Caller, number | null]>([
  ["ADMIN_TOKEN", { ...admin, operator: null }, null],
  ["an owner", { ...admin, operator: { id: 7, name: "Ann" } }, 7],
  ["an owner who was disabled meanwhile", { kind: "stranger", sentToken: true }, 0],
  ["a key", { kind: "key", operator: { id: 8, name: "Server" }, scopes: ["holds:write"] }, 0],
])("%s asks for a change of operators", (_, caller, asking) => {
  const gatekeeper: Pick<Gatekeeper, "callerOf"> = { callerOf: () => caller }

  expect(askingOperator({} as FastifyRequest, gatekeeper)).toBe(asking)
})
