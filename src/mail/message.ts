import MailComposer from "nodemailer/lib/mail-composer"
import type { Mailbox } from "./address.ts"
import type { ComposedMail } from "./compose.ts"
import { oneLine } from "./one-line.ts"

/** A mail as it is sent. */
export interface Message {
  /** Exactly one recipient, whatever the headers contain. */
  readonly envelope: { readonly from: string; readonly to: string }
  /** The headers and the body (RFC 5322). */
  readonly content: Buffer
}

/** The headers of a mail, besides its subject. */
export interface MessageHeaders {
  readonly from: Mailbox
  readonly to: Mailbox
  /** With the domain of the sender it makes the Message-ID, which is the same in every attempt. */
  readonly key: string
  readonly date: Date
}

/** The longest name in a header; a longer one is cut. */
const LONGEST_NAME = 80

/** Writes a mail as a message with HTML and text. Line ends in names and subjects cannot begin a header. */
export async function buildMessage(
  { subject, html, text }: ComposedMail,
  { from, to, key, date }: MessageHeaders,
): Promise<Message> {
  const node = new MailComposer({
    from: plain(from),
    to: plain(to),
    subject: oneLine(subject),
    messageId: `<${key}@${domainOf(from.address)}>`,
    date,
    headers: { "Auto-Submitted": "auto-generated" },
    text,
    html,
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  const envelope = node.getEnvelope()
  const [recipient, ...others] = envelope.to
  if (recipient === undefined || others.length > 0 || typeof envelope.from !== "string") {
    throw new Error("a mail must have one sender and one recipient")
  }
  return { envelope: { from: envelope.from, to: recipient }, content: await node.build() }
}

function plain({ name, address }: Mailbox): Mailbox {
  return { name: oneLine(name).slice(0, LONGEST_NAME).toWellFormed(), address }
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1)
}
