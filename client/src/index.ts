export { createClient, type Client, type ClientOptions } from "./client.ts"
export type { Clock } from "./clock.ts"
export { currencyDecimals } from "./currencies.ts"
export { AbortError, AnswerError, NetworkError, TimeoutError } from "./errors.ts"
export type {
  CallOptions,
  ConnectionOptions,
  CustomerCallOptions,
  Fetch,
  FetchAnswer,
  FetchRequest,
  HoldCallOptions,
  KeyedCallOptions,
  RetryOptions,
} from "./options.ts"
export {
  ProblemError,
  type FieldError,
  type LackingLine,
  type ProblemCode,
  type ProblemDocument,
  type ProblemMembers,
  type ProblemOf,
} from "./problems.ts"
export { randomKey } from "./random-key.ts"
export type * from "./types.ts"
export { productIn, wordIn } from "./words.ts"
export type { Watch, WatchOptions, WatchState } from "./watch.ts"
