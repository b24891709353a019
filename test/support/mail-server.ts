import { once } from "node:events"
import type { AddressInfo, Socket } from "node:net"
import { simpleParser, type ParsedMail } from "mailparser"
import { SMTPServer, type SMTPServerOptions } from "smtp-server"
import { expect } from "vitest"
import type { SmtpServer } from "../../src/config/mail.ts"
import { certificate, certificateKey } from "./mail-certificate.ts"

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly from: string
  /** The recipients of the envelope. */
  readonly to: readonly string[]
  readonly mail: ParsedMail
  /** The message, byte for byte. */
  readonly raw: string
  readonly isEncrypted: boolean
  readonly user: string | undefined
}

/** How the server treats mails. Each may wait, and may return the answer with which it refuses, such as `550 no`. */
export interface Behaviour {
  readonly sender?: (address: string) => Promise<string | null> | string | null
  readonly recipient?: (address: string) => Promise<string | null> | string | null
  readonly content?: (raw: string) => Promise<string | null> | string | null
}

/** A mail server. It takes everything until it is told otherwise. */
export interface MailServer extends AsyncDisposable {
  readonly received: readonly ReceivedMail[]
  /** Its settings, for a sender. */
  readonly settings: SmtpServer
  /** SMTP_URL without a password. */
  readonly url: string
  /** Connections that were opened, over all its lives. */
  connections(): number
  behave(behaviour: Behaviour): void
  /** Cuts all connections without an answer and stops listening. */
  kill(): Promise<void>
  /** Listens again on the same port. */
  restart(): Promise<void>
  /** Resolves with all mails as soon as there are at least `count`. */
  has(count: number): Promise<readonly ReceivedMail[]>
}

export interface MailServerOptions {
  readonly tls?: SmtpServer["tls"]
  /** The login that the server demands. */
  readonly login?: SmtpServer["login"]
  readonly hasNoStartTls?: boolean
}

/** Starts a mail server on loopback. */
export async function startMailServer({
  tls = "off",
  login = null,
  hasNoStartTls = false,
}: MailServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  let behaviour: Behaviour = {}
  let connections = 0
  const sockets = new Set<Socket>()
  const options: SMTPServerOptions = {
    secure: tls === "always",
    key: certificateKey,
    cert: certificate,
    authOptional: login === null,
    disabledCommands: hasNoStartTls ? ["STARTTLS"] : [],
    disableReverseLookup: true,
    closeTimeout: 10,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.pass) done(null, { user: username })
      else done(answerError("535 5.7.8 Authentication failed"))
    },
    onMailFrom: ({ address }, _session, done) => void settle(behaviour.sender?.(address) ?? null, done),
    onRcptTo: ({ address }, _session, done) => void settle(behaviour.recipient?.(address) ?? null, done),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => void take(Buffer.concat(chunks)))
      async function take(bytes: Buffer): Promise<void> {
        const raw = bytes.toString("utf8")
        const refusal = (await behaviour.content?.(raw)) ?? null
        if (refusal !== null) return done(answerError(refusal))
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          mail: await simpleParser(bytes),
          raw,
          isEncrypted: session.secure,
          user: session.user as string | undefined,
        })
        done()
      }
    },
  }
  let port = 0
  let server = await listen()

  async function listen(): Promise<SMTPServer> {
    const made = new SMTPServer(options)
    made.on("error", () => undefined)
    made.server.on("connection", (socket: Socket) => {
      connections += 1
      sockets.add(socket)
      socket.once("close", () => sockets.delete(socket))
    })
    made.listen(port, "127.0.0.1")
    await once(made.server, "listening")
    port = (made.server.address() as AddressInfo).port
    return made
  }

  async function kill(): Promise<void> {
    if (!server.server.listening) return
    const closed = once(server.server, "close")
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    received,
    settings: { host: "localhost", port, tls, login },
    url: `smtp://127.0.0.1:${port}?tls=off`,
    connections: () => connections,
    behave: (next) => void (behaviour = next),
    kill,
    restart: async () => void (server = await listen()),
    async has(count) {
      await expect
        .poll(() => received.length, { timeout: 20_000, interval: 10 })
        .toBeGreaterThanOrEqual(count)
      return received
    },
    [Symbol.asyncDispose]: kill,
  }
}

async function settle(
  refusal: Promise<string | null> | string | null,
  done: (error?: Error | null) => void,
): Promise<void> {
  const answer = await refusal
  done(answer === null ? null : answerError(answer))
}

/** The error that makes the server answer with this line. */
function answerError(line: string): Error {
  const [, code = "", text = ""] = /^(\d{3}) (.*)$/.exec(line) ?? []
  return Object.assign(new Error(text), { responseCode: Number(code) })
}
