import type { Message } from "./post-event.ts"
import { createSendMessage, type MessageWays } from "./send-message.ts"

/** An operator waits for the answer. A mail is broken off a little later, so that the server's own reason is told. */
const TIMEOUT_MS = 10_000

/** Makes what sends single messages at once, by the rules of the deliveries. */
export function createMessageSender({ post, mailNotice }: MessageWays) {
  const send = createSendMessage({ post: { ...post, timeoutMs: TIMEOUT_MS }, mailNotice })
  return {
    send: (message: Message) => send(message, AbortSignal.timeout(TIMEOUT_MS + 500)),
    hasMail: mailNotice != null,
  }
}
