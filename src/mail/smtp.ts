import SMTPConnection from "nodemailer/lib/smtp-connection"
import type { SmtpServer } from "../config/mail.ts"
import { localPartOf, withoutAddresses } from "./address.ts"
import type { Message } from "./message.ts"

/** What became of an attempt to send a mail. Errors name no address. */
export type SendResult =
  | { readonly kind: "sent" }
  /** The server refuses this mail for good. */
  | { readonly kind: "refused"; readonly error: string }
  /** The server takes this mail later, perhaps, or it is not known whether it has taken it. */
  | { readonly kind: "later"; readonly error: string }
  /** The server takes no mails now: it cannot be reached, or refuses the login or the sender. */
  | { readonly kind: "unavailable"; readonly error: string }

/** Sends mails. */
export interface MailSender {
  /** Never rejects. When `signal` aborts, the attempt is broken off. */
  send(message: Message, signal: AbortSignal): Promise<SendResult>
  /** Closes the connections that wait for a mail. */
  close(): void
}

/** Limits in milliseconds; tests shorten them. */
export interface SmtpLimits {
  /** For connecting, and again for the greeting. */
  readonly connectMs: number
  /** For each answer of the server. */
  readonly answerMs: number
  /** For the whole attempt, whatever the server does meanwhile. Less than a lease. */
  readonly wholeMs: number
  /** How long a connection waits for the next mail. */
  readonly idleMs: number
}

const usualLimits: SmtpLimits = { connectMs: 10_000, answerMs: 30_000, wholeMs: 90_000, idleMs: 10_000 }
/** Some servers close a connection after a hundred mails. */
const MAILS_PER_CONNECTION = 100
const LONGEST_ERROR = 200

/** Options that only tests give. */
export interface SmtpOptions {
  readonly limits?: Partial<SmtpLimits>
  /** Certificates of authorities to trust, in place of the usual ones. */
  readonly ca?: string
}

/**
 * Sends mails by SMTP. Each mail has a connection to itself; a connection that has worked is used again. There are as
 * many connections as mails at one time.
 */
export function createSmtpSender(server: SmtpServer, { limits, ca }: SmtpOptions = {}): MailSender {
  const within = { ...usualLimits, ...limits }
  const idle = new Map<Connection, NodeJS.Timeout>()

  function takeIdle(): Connection | null {
    for (const [connection, timer] of idle) {
      clearTimeout(timer)
      idle.delete(connection)
      if (connection.isOpen()) return connection
    }
    return null
  }

  function giveBack(connection: Connection): void {
    if (!connection.isOpen() || connection.sent >= MAILS_PER_CONNECTION) return connection.close()
    const timer = setTimeout(() => {
      idle.delete(connection)
      connection.close()
    }, within.idleMs)
    timer.unref()
    idle.set(connection, timer)
  }

  async function attempt(message: Message, signal: AbortSignal): Promise<SendResult> {
    const used = takeIdle()
    if (used !== null) {
      const result = await sendOver(used, message, signal)
      // The server may have closed the connection while it waited. The mail is sent again, under the same Message-ID.
      if (result.kind !== "later" || !used.wasCut() || signal.aborted) return result
    }
    const connection = openConnection(server, within, ca)
    const failure = await connection.ready(signal)
    if (failure !== null) return { kind: "unavailable", error: errorText(failure) }
    return sendOver(connection, message, signal)
  }

  async function sendOver(
    connection: Connection,
    message: Message,
    signal: AbortSignal,
  ): Promise<SendResult> {
    const failure = await connection.send(message, signal)
    const result = failure === null ? ({ kind: "sent" } as const) : resultOf(failure, message.envelope.to)
    if (failure === null) giveBack(connection)
    else connection.close()
    return result
  }

  return {
    send: (message, signal) =>
      attempt(message, AbortSignal.any([signal, AbortSignal.timeout(within.wholeMs)])),
    close() {
      for (const [connection, timer] of idle) {
        clearTimeout(timer)
        connection.close()
      }
      idle.clear()
    },
  }
}

/** Connects and logs in, and sends nothing. Returns why it failed; null: the server is ready for mails. */
export async function triesConnection(
  server: SmtpServer,
  { limits, ca }: SmtpOptions = {},
): Promise<string | null> {
  const within = { ...usualLimits, ...limits }
  const connection = openConnection(server, within, ca)
  const failure = await connection.ready(AbortSignal.timeout(within.connectMs))
  connection.close()
  return failure === null ? null : errorText(failure)
}

/** What nodemailer adds to an error. */
interface SmtpError extends Error {
  readonly command?: string | undefined
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly code?: string | undefined
}

/**
 * The result of a mail that the server has not taken. An answer about the recipient or the content is about this mail.
 * One about the sender is about every mail, and so is 421, by which a server says that it closes.
 */
function resultOf(failure: SmtpError, recipient: string): SendResult {
  const error = errorText(failure, recipient)
  const { command, responseCode } = failure
  // SMTPUTF8 stands in MAIL FROM because of this mail's recipient.
  const isAboutSender =
    command === "MAIL FROM" && failure.code !== "EMESSAGE" && isAscii(localPartOf(recipient))
  if (isAboutSender || responseCode === 421) return { kind: "unavailable", error }
  const isRefused = responseCode !== undefined && responseCode >= 500
  // Without an answer the server may have taken the mail, or will not be able to.
  const isHopeless = failure.code === "EMESSAGE" && responseCode === undefined
  return { kind: isRefused || isHopeless ? "refused" : "later", error }
}

function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text)
}

/** The server's answer in one line, without addresses: it is kept and logged. */
function errorText({ response, message }: SmtpError, recipient = ""): string {
  const text = (response ?? message).replaceAll(/[\p{Cc}\s]+/gu, " ").trim()
  return withoutAddresses(text, recipient).toWellFormed().slice(0, LONGEST_ERROR)
}

interface Connection {
  /** Mails that it has sent. */
  readonly sent: number
  isOpen(): boolean
  /** True: the server has closed it without an answer. */
  wasCut(): boolean
  /** Connects and logs in. Returns why it failed; null: mails can be sent. */
  ready(signal: AbortSignal): Promise<SmtpError | null>
  /** Sends a mail. Returns why it failed; null: the server has taken it. */
  send(message: Message, signal: AbortSignal): Promise<SmtpError | null>
  close(): void
}

function openConnection(server: SmtpServer, within: SmtpLimits, ca: string | undefined): Connection {
  const smtp = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.tls === "always",
    requireTLS: server.tls === "required",
    ignoreTLS: server.tls === "off",
    connectionTimeout: within.connectMs,
    greetingTimeout: within.connectMs,
    dnsTimeout: within.connectMs,
    socketTimeout: within.answerMs,
    socketCloseTimeout: 1_000,
    logger: false,
    tls: { minVersion: "TLSv1.2", ...(ca !== undefined && { ca }) },
  })
  let sent = 0
  let isOpen = true
  let last: SmtpError | null = null
  let fail: (error: SmtpError) => void = () => undefined

  smtp.on("error", (error: SmtpError) => {
    isOpen = false
    fail(error)
  })
  smtp.on("end", () => {
    isOpen = false
    // The step that is under way may get the server's last answer right after this.
    const current = fail
    setImmediate(() => current(new Error("The mail server has closed the connection.")))
  })

  /** Runs one step; it also ends when the connection does, or when `signal` aborts. */
  async function step(
    signal: AbortSignal,
    begin: (done: (error?: SmtpError | null) => void) => void,
  ): Promise<SmtpError | null> {
    const cut = () => {
      fail(new Error("The mail server has not answered in time."))
      smtp.close()
    }
    last = await new Promise<SmtpError | null>((resolve) => {
      fail = resolve
      if (signal.aborted) return cut()
      signal.addEventListener("abort", cut, { once: true })
      begin((error) => resolve(error ?? null))
    })
    signal.removeEventListener("abort", cut)
    fail = () => undefined
    return last
  }

  return {
    get sent() {
      return sent
    },
    isOpen: () => isOpen,
    wasCut: () => last !== null && last.responseCode === undefined && !isOpen && last.code !== "ETIMEDOUT",
    async ready(signal) {
      const failure = await step(signal, (done) => smtp.connect(done))
      const { login } = server
      if (failure !== null || login === null) return failure
      const refused = await step(signal, (done) => smtp.login({ ...login }, done))
      if (refused !== null) smtp.close()
      return refused
    },
    async send({ envelope, content }, signal) {
      const failure = await step(signal, (done) =>
        smtp.send({ from: envelope.from, to: [envelope.to], size: content.length }, content, done),
      )
      if (failure === null) sent += 1
      return failure
    },
    close() {
      isOpen = false
      smtp.close()
    },
  }
}
