/**
 * Errors other than a refusal by the server. After `NetworkError` and `TimeoutError` it is unknown whether the request
 * has arrived; a call that may be retried has been retried by then, as often as its options allow.
 */

/** No answer came: no connection, a broken one, or a request that the browser blocked. */
export class NetworkError extends Error {
  override readonly name = "NetworkError"
}

/** No complete answer came in time. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError"
}

/** The caller's signal ended the call; `cause` is the signal's reason. */
export class AbortError extends Error {
  override readonly name = "AbortError"
}

/** An answer that is not Doorbuster's: another program's page, or text that is not JSON. */
export class AnswerError extends Error {
  override readonly name = "AnswerError"
  readonly status: number
  /** The first 1,000 characters of the body. */
  readonly text: string

  constructor(status: number, text: string) {
    super(`an answer with status ${status} is not one of Doorbuster's`)
    this.status = status
    this.text = text.slice(0, 1_000)
  }
}
