import type { ProviderEvent } from "../../../domain/payment.ts"
import { isPassingFailure } from "../../transport/errors.ts"
import type { Services } from "../../services.ts"

/** Keeps the text of a recorded event's message, for the operator. */
export type KeepMessage = (event: ProviderEvent, bytes: Buffer, requestId: string) => Promise<void>

/**
 * Returns the function that keeps messages. The event is recorded already, so a repeated message keeps its text where
 * the first one could not: a passing failure is thrown and answered with 503. Any other failure would return at every
 * repetition. It is logged, and the message is answered as if its text had been kept.
 *
 * Every text can be stored: it is UTF-8, and a NUL character is not JSON (`\u0000` is, and is stored as these six
 * characters).
 */
export function createKeepMessage({ inbox, events }: Pick<Services, "inbox" | "events">): KeepMessage {
  return async (event, bytes, requestId) => {
    try {
      await inbox.keepMessage(event, bytes.toString("utf8"))
    } catch (error) {
      if (isPassingFailure(error)) throw error
      events.messageNotKept({ provider: event.provider, key: event.key, requestId }, error)
    }
  }
}
