import { createServer, type Socket } from "node:net"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { describe, expect, test } from "vitest"
import { createSmtpSender, type SmtpOptions } from "../../src/mail/smtp.ts"
import { buildMessage } from "../../src/mail/message.ts"
import { certificate } from "../support/mail-certificate.ts"
import { startMailServer, type MailServer } from "../support/mail-server.ts"

const never = new AbortController().signal
const shop = { name: "Lamp Shop", address: "orders@shop.example" }

const message = (to = "ada@example.com") =>
  buildMessage(
    { subject: "Receipt", text: "text", html: "<p>html</p>" },
    { from: shop, to: { name: "Ada", address: to }, key: "key-1", date: new Date(0) },
  )

const senderTo = ({ settings }: Pick<MailServer, "settings">, options: SmtpOptions = {}) =>
  createSmtpSender(settings, { ca: certificate, ...options })

describe("a mail server", () => {
  test.each([
    ["off", false],
    ["offered", true],
    ["required", true],
    ["always", true],
  ] as const)("with TLS %s gets the mail; encrypted: %s", async (tls, isEncrypted) => {
    await using server = await startMailServer({ tls })
    const sender = senderTo(server)
    expect(await sender.send(await message(), never)).toEqual({ kind: "sent" })
    sender.close()
    expect(server.received).toMatchObject([
      { from: shop.address, to: ["ada@example.com"], isEncrypted, mail: { subject: "Receipt" } },
    ])
  })

  test("without TLS gets no password and no mail where TLS is required", async () => {
    const login = { user: "shop", pass: "secret" }
    await using server = await startMailServer({ tls: "required", login, hasNoStartTls: true })
    expect(await senderTo(server).send(await message(), never)).toMatchObject({ kind: "unavailable" })
    expect(server.received).toEqual([])
  })

  test("with a certificate of nobody's gets no mail", async () => {
    await using server = await startMailServer({ tls: "always" })
    const sender = createSmtpSender(server.settings)
    expect(await sender.send(await message(), never)).toMatchObject({ kind: "unavailable" })
    expect(server.received).toEqual([])
  })

  test.each([
    ["secret", { kind: "sent" }],
    ["wrong", { kind: "unavailable", error: "535 5.7.8 Authentication failed" }],
  ])("that demands a login, with the password %s", async (pass, result) => {
    await using server = await startMailServer({ tls: "always", login: { user: "shop", pass: "secret" } })
    const sender = createSmtpSender(
      { ...server.settings, login: { user: "shop", pass } },
      { ca: certificate },
    )
    expect(await sender.send(await message(), never)).toEqual(result)
    sender.close()
    expect(server.received.map(({ user }) => user)).toEqual(pass === "secret" ? ["shop"] : [])
  })

  // Which answer concerns the mail, and which one every mail.
  test.each([
    [
      "recipient",
      "550 5.1.1 <ada@example.com>: no such user",
      "refused",
      "550 5.1.1 <[address]>: no such user",
    ],
    ["recipient", "450 4.2.0 greylisted", "later", "450 4.2.0 greylisted"],
    ["recipient", "421 4.3.2 closing", "unavailable", "421 4.3.2 closing"],
    ["content", "554 5.7.1 looks like spam", "refused", "554 5.7.1 looks like spam"],
    ["content", "451 4.3.0 disk full", "later", "451 4.3.0 disk full"],
    ["sender", "550 5.7.1 not your domain", "unavailable", "550 5.7.1 not your domain"],
    ["sender", "452 4.5.3 slow down", "unavailable", "452 4.5.3 slow down"],
  ] as const)("refuses the %s with %s: %s", async (part, answer, kind, error) => {
    await using server = await startMailServer()
    server.behave({ [part]: () => answer })
    const sender = senderTo(server)
    const result = await sender.send(await message(), never)
    expect(result).toMatchObject({ kind })
    expect("error" in result ? result.error : "").toContain(error)
    sender.close()
  })

  test("that takes no SMTPUTF8 refuses the mail whose address needs it, and no other", async () => {
    await using server = await startMailServer()
    server.behave({ sender: () => "550 5.6.7 SMTPUTF8 is not allowed" })
    const sender = senderTo(server)
    expect(await sender.send(await message("zoë@example.com"), never)).toMatchObject({ kind: "refused" })
    expect(await sender.send(await message("zoe@exämple.com"), never)).toMatchObject({ kind: "unavailable" })
    sender.close()
  })

  test("that is not there is unavailable", async () => {
    await using server = await startMailServer()
    await server.kill()
    expect(await senderTo(server).send(await message(), never)).toMatchObject({ kind: "unavailable" })
  })

  test("gets several mails over one connection, and the next one over another when it has been closed", async () => {
    await using server = await startMailServer()
    const sender = senderTo(server)
    for (let count = 0; count < 3; count += 1) await sender.send(await message(), never)
    expect(server.connections()).toBe(1)
    await server.kill()
    await server.restart()
    expect(await sender.send(await message(), never)).toEqual({ kind: "sent" })
    expect([server.connections(), server.received.length]).toEqual([2, 4])
    sender.close()
  })

  test("that answers no more is given up in time, whatever it says meanwhile", async () => {
    await using server = await startMailServer()
    server.behave({ content: () => new Promise(() => undefined) })
    const sender = senderTo(server, { limits: { wholeMs: 300, answerMs: 600_000 } })
    expect(await sender.send(await message(), never)).toMatchObject({ kind: "later" })
  })

  test.each([
    ["says nothing", () => undefined],
    ["sends a line every 20 ms", drip],
  ])("that accepts connections and %s is unavailable in time", async (_, behave) => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.on("error", () => undefined)
      behave(socket)
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    const limits = { connectMs: 5_000, answerMs: 5_000, wholeMs: 300 }
    const sender = createSmtpSender({ host: "127.0.0.1", port, tls: "off", login: null }, { limits })
    expect(await sender.send(await message(), never)).toMatchObject({ kind: "unavailable" })
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  test("a stop breaks the attempt off", async () => {
    await using server = await startMailServer()
    const stop = new AbortController()
    server.behave({
      content: () => {
        stop.abort()
        return new Promise(() => undefined)
      },
    })
    expect(await senderTo(server).send(await message(), stop.signal)).toMatchObject({ kind: "later" })
  })
})

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write("220-wait\r\n"), 20)
  socket.once("close", () => clearInterval(timer))
}
