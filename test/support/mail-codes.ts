import { expect } from "vitest"
import type { MailServer, ReceivedMail } from "./mail-server.ts"
import { startMailServer } from "./mail-server.ts"
import { startClosedApp } from "./shop.ts"
import type { TestApp } from "./app.ts"
import type { TestAnswer, TestClient } from "./http.ts"
import type { Config } from "../../src/config/config.ts"

/** A closed shop that mails codes, and the mail server that gets them. */
export interface CodeShop extends AsyncDisposable {
  readonly app: TestApp
  readonly mails: MailServer
  /** The code in the newest mail to this address, once there are so many. */
  codeFor(email: string, mails?: number): Promise<string>
}

/** Starts such a shop. */
export async function startCodeShop(config: Partial<Config> = {}, worker = true): Promise<CodeShop> {
  const mails = await startMailServer()
  const mail = { server: mails.settings, from: { name: "", address: "orders@shop.example" } }
  const app = await startClosedApp({
    worker,
    config: { mail, mailPerSecond: 0, publicUrl: "https://shop.example", shopName: "Lamp Shop", ...config },
  })
  return {
    app,
    mails,
    async codeFor(email, count = 1) {
      await expect.poll(() => mailsTo(mails, email).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
      return codeIn(mailsTo(mails, email).at(-1))
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await mails[Symbol.asyncDispose]()
    },
  }
}

/** The mails that have come for an address, in their order. */
export function mailsTo({ received }: MailServer, email: string): readonly ReceivedMail[] {
  // Mailers write domains in lower case.
  return received.filter(({ to: [to] }) => to?.toLowerCase() === email.toLowerCase())
}

/** The code of a mail. */
export function codeIn(mail: ReceivedMail | undefined): string {
  return /^\d{6}$/m.exec(mail?.mail.text ?? "")?.[0] ?? "none"
}

/** Another code than this one. */
export function wrongCode(code: string, by = 1): string {
  return String((Number(code) + by) % 1_000_000).padStart(6, "0")
}

export const askCode = (client: TestClient, email: string, more: object = {}): Promise<TestAnswer> =>
  client.post("/api/customers/codes", { email, ...more })

export const confirmCode = (client: TestClient, email: string, code: string): Promise<TestAnswer> =>
  client.post("/api/customers", { email, code })
