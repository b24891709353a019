import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { SMTPServer } from "smtp-server"

/** A mail server on loopback that takes so many mails a second and refuses the rest for now. */
export interface SlowMailServer {
  /** SMTP_URL of a server that sends to it. */
  readonly url: string
  readonly taken: () => number
  stop(): Promise<void>
}

/** Starts a mail server that takes `perSecond` mails a second. */
export async function startSlowMailServer(perSecond: number): Promise<SlowMailServer> {
  let taken = 0
  let second = { startedAt: 0, taken: 0 }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onRcptTo(_address, _session, done) {
      const now = performance.now()
      if (now - second.startedAt >= 1_000) second = { startedAt: now, taken: 0 }
      second.taken += 1
      const isTooMany = second.taken > perSecond
      done(isTooMany ? Object.assign(new Error("4.7.1 too many mails"), { responseCode: 450 }) : null)
    },
    onData(stream, _session, done) {
      stream.resume()
      stream.once("end", () => {
        taken += 1
        done()
      })
    },
  })
  // A sender that ends in the middle of a mail.
  server.on("error", () => undefined)
  server.listen(0, "127.0.0.1")
  await once(server.server, "listening")
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}?tls=off`,
    taken: () => taken,
    async stop() {
      const closed = once(server.server, "close")
      server.close()
      await closed
    },
  }
}
