import { expect } from "vitest"
import type { TestAnswer } from "./http.ts"

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Expects an RFC 9457 response with all its members and no others. `members`: those of this code beyond
     * the seven that every problem has; by default, for `invalid_request`, any list of errors.
     */
    toBeProblem: (status: number, code: string, members?: object) => R
  }
}

type ProblemAnswer = Pick<TestAnswer, "status" | "headers" | "body">

expect.extend({
  toBeProblem(answer: ProblemAnswer, status: number, code: string, members?: object) {
    const actual = {
      status: answer.status,
      type: answer.headers["content-type"],
      body: answer.body,
    }
    const expected = {
      status,
      type: "application/problem+json; charset=utf-8",
      body: {
        type: `urn:doorbuster:problem:${code}`,
        title: expect.stringMatching(/\S/),
        status,
        detail: expect.stringMatching(/\S/),
        instance: expect.any(String),
        code,
        request_id: answer.headers["x-request-id"] ?? expect.stringMatching(/^[\w.-]{1,128}$/),
        ...(members ?? (code === "invalid_request" ? someComplaint : {})),
      },
    }
    const pass = this.equals(actual, expected)
    return {
      pass,
      message: () => `the answer is ${pass ? "" : "not "}the problem ${status} ${code}`,
      actual,
      expected,
    }
  },
})

const complaint = { pointer: expect.any(String), detail: expect.stringMatching(/\S/) }
const someComplaint = { errors: expect.arrayContaining([complaint]) }

/** The members of an `invalid_request` with at least one error for each of these fields and for no other. */
export function complaintsAbout(...pointers: string[]): object {
  return {
    errors: expect.toSatisfy((errors: unknown) => samePointers(errors, pointers), `name ${pointers.join()}`),
  }
}

function samePointers(errors: unknown, pointers: readonly string[]): boolean {
  const found = new Set(Array.isArray(errors) ? errors.map(pointerOf) : [])
  return found.size === new Set(pointers).size && pointers.every((pointer) => found.has(pointer))
}

/** The field that the error is about; null if the error is incomplete. */
function pointerOf(error: unknown): unknown {
  const isWhole = typeof error === "object" && error !== null && "pointer" in error && "detail" in error
  return isWhole && typeof error.detail === "string" ? error.pointer : null
}
