import { expect, test } from "vitest"
import { checkMail } from "../../src/cli/doctor-mail.ts"
import { readConfig } from "../../src/config/read-config.ts"
import { startMailServer } from "../support/mail-server.ts"

const closed = {
  ADMIN_TOKEN: "a-token-of-some-length",
  PAYMENT_WEBHOOK_SECRET: "whsec_c29tZSBzZWNyZXQga2V5IGhlcmU=",
}
const findings = (environment: Record<string, string>) =>
  checkMail(readConfig({ directory: "/nonexistent", environment }))

test("doctor connects to the mail server, and looks where links lead", async () => {
  await using server = await startMailServer()
  const mail = { ...closed, SMTP_URL: server.url, MAIL_FROM: "orders@shop.example" }
  const { port } = server.settings

  expect(await findings({ ...mail, PUBLIC_URL: "https://shop.example" })).toEqual([
    {
      check: "mail",
      ok: true,
      found: `127.0.0.1:${port} accepts a connection without a login; mails are sent as orders@shop.example`,
    },
    { check: "links in mails", ok: true, found: "to https://shop.example" },
  ])
  expect(await findings({ ...mail, PUBLIC_URL: "http://shop.example" })).toMatchObject([{}, { weak: true }])
  expect(await findings(mail)).toMatchObject([
    {},
    { ok: false, found: "PUBLIC_URL is not set: serve will not start" },
  ])
  expect(server.received).toEqual([])

  await server.kill()
  const [gone] = await findings({ ...mail, PUBLIC_URL: "https://shop.example" })
  expect(gone).toMatchObject({
    ok: false,
    found: expect.stringContaining(`127.0.0.1:${port} takes no mails`),
  })
})

test("doctor finds a wrong password", async () => {
  await using server = await startMailServer({ login: { user: "shop", pass: "right" } })
  const SMTP_URL = `smtp://shop:wrong@127.0.0.1:${server.settings.port}?tls=off`
  const [found] = await findings({ SMTP_URL, MAIL_FROM: "orders@shop.example" })
  expect(found).toMatchObject({ check: "mail", ok: false })
  expect(found?.found).not.toContain("wrong")
})

test("doctor says that mail is off", async () => {
  expect(await findings(closed)).toMatchObject([{ check: "mail", ok: true, weak: true }])
  expect(await findings({})).toMatchObject([
    { check: "mail", ok: true, found: expect.stringContaining("/simulator/mail") },
  ])
})
