/**
 * What can go wrong beside a refusal of the server. After the first two nobody knows whether a request has
 * arrived: a call that may be repeated has been repeated by then, as often as its options allow.
 */

/** No answer came: no connection, a broken one, or a page that the browser keeps from asking. */
export class NetworkError extends Error {
  override readonly name = "NetworkError"
}

/** No whole answer came in time. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError"
}

/** The caller's signal ended the call; `cause` is its reason. */
export class AbortError extends Error {
  override readonly name = "AbortError"
}

/** An answer that is not the server's: some other program's page, or no JSON. */
export class AnswerError extends Error {
  override readonly name = "AnswerError"
  readonly status: number
  /** Its beginning. */
  readonly text: string

  constructor(status: number, text: string) {
    super(`an answer with status ${status} is not one of Doorbuster's`)
    this.status = status
    this.text = text.slice(0, 1_000)
  }
}
