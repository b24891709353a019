import { oncePerName } from "./addresses.ts"
import { postEvent, type Message } from "./post-event.ts"

/** An operator waits for the answer. */
const TIMEOUT_MS = 10_000

/** Makes a function that sends one message at once, by the rules of the deliveries. It rejects where there is no answer. */
export function createMessageSender({
  webhookAllowPrivate: allowPrivate,
}: {
  readonly webhookAllowPrivate: boolean
}) {
  const options = { allowPrivate, timeoutMs: TIMEOUT_MS, findAddresses: oncePerName() }
  return (message: Message) => postEvent(message, options, new AbortController().signal)
}
