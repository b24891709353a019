import { createHash } from "node:crypto"
import { buildMessage } from "../mail/message.ts"
import { composeNotice } from "../mail/notice.ts"
import type { MailWay } from "./mailing.ts"
import type { Answer, Message } from "./post-event.ts"

/** Sends an event as a mail to a mailbox of the shop. It rejects if the mail server has not taken it. */
export type MailNotice = (
  event: Pick<Message, "id" | "body">,
  address: string,
  signal: AbortSignal,
) => Promise<Answer>

/** The status of a mail that the server has taken (RFC 5321). */
const TAKEN = 250

/**
 * Makes the function that mails events. The Message-ID is made of the event's id and the mailbox, so it is the same in every
 * attempt. `publicUrl`: the storefront's address; null: the mails link to nothing.
 */
export function createMailNotice({ shop, from, sender }: MailWay, publicUrl: string | null): MailNotice {
  return async ({ id, body }, address, signal) => {
    const current = await shop()
    const message = await buildMessage(composeNotice(body, current, publicUrl), {
      from: from.name === "" ? { ...from, name: current.name } : from,
      to: { name: "", address },
      key: createHash("sha256").update(`${id} ${address}`).digest("hex").slice(0, 32),
      date: new Date(),
    })
    const result = await sender.send(message, signal)
    if (result.kind !== "sent") throw new Error(result.error)
    return { status: TAKEN, retryAfterSeconds: null }
  }
}
