import { expect } from "vitest"
import type { NewOperatorBody, OperatorWithToken } from "../../client/src/admin.ts"
import type { TestClient } from "./http.ts"
import { ADMIN_TOKEN } from "./shop.ts"

/** Adds an operator as the owner of ADMIN_TOKEN; a person unless `body` says otherwise. */
export async function addOperator(app: TestClient, body: NewOperatorBody): Promise<OperatorWithToken> {
  const answer = await app.post("/api/admin/operators", body, { token: ADMIN_TOKEN })
  expect(answer.status).toBe(201)
  return answer.body
}

/** Disables an operator as the owner of ADMIN_TOKEN. */
export async function disableOperator(app: TestClient, operatorId: number): Promise<void> {
  const path = `/api/admin/operators/${operatorId}/disable`
  expect((await app.post(path, undefined, { token: ADMIN_TOKEN })).status).toBe(200)
}
