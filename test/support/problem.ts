import { expect } from "vitest"
import type { TestAnswer } from "./http.ts"

/**
 * Asserts an RFC 9457 answer with all its members and no others. `members`: what this code carries
 * beyond the seven that every problem has.
 */
export function expectProblem(
  answer: Pick<TestAnswer, "status" | "headers" | "body">,
  status: number,
  code: string,
  members: object = {},
): void {
  expect(answer.body).toEqual({
    type: `urn:doorbuster:problem:${code}`,
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: expect.any(String),
    code,
    request_id: answer.headers["x-request-id"] ?? expect.stringMatching(/^[\w.-]{1,128}$/),
    ...members,
  })
  expect(answer.status).toBe(status)
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8")
}

/** The members of an `invalid_request`: what is wrong with which field, each field at least once. */
export function complaintsAbout(...pointers: string[]): object {
  return {
    errors: expect.toSatisfy((errors: unknown) => samePointers(errors, pointers), `name ${pointers.join()}`),
  }
}

function samePointers(errors: unknown, pointers: readonly string[]): boolean {
  if (!Array.isArray(errors)) return false
  const found = errors.map((error: unknown) => pointerOf(error))
  return JSON.stringify([...new Set(found)].sort()) === JSON.stringify([...pointers].sort())
}

function pointerOf(error: unknown): unknown {
  const isWhole = typeof error === "object" && error !== null && "pointer" in error && "detail" in error
  return isWhole && typeof error.detail === "string" ? error.pointer : null
}
