import { mailboxOf } from "../wire/notices.ts"
import { oncePerName } from "./addresses.ts"
import type { MailNotice } from "./mail-notice.ts"
import { postEvent, type Answer, type Message, type PostOptions } from "./post-event.ts"

/** How messages to endpoints are sent. */
export interface MessageWays {
  /** Without `findAddresses`, the operating system looks names up. */
  readonly post: Omit<PostOptions, "findAddresses"> & Partial<PostOptions>
  /** Sends to mailboxes; null or absent: this server sends no mail. */
  readonly mailNotice?: MailNotice | null | undefined
}

/** Sends one message: by HTTP, or as a mail where the endpoint is a mailbox. It rejects where there is no answer. */
export type SendMessage = (message: Message, signal: AbortSignal) => Promise<Answer>

/** Makes the function that sends messages to endpoints of both kinds. */
export function createSendMessage({ post, mailNotice }: MessageWays): SendMessage {
  const options = { ...post, findAddresses: oncePerName(post.findAddresses) }
  return async (message, signal) => {
    const address = mailboxOf(message.url)
    if (address === null) return postEvent(message, options, signal)
    if (mailNotice == null) throw new Error("this server sends no mail: SMTP_URL is not set")
    return mailNotice(message, address, signal)
  }
}
