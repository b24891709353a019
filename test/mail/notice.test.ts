import { expect, test } from "vitest"
import { composeNotice } from "../../src/mail/notice.ts"
import { noShopSettings } from "../../src/domain/shop.ts"
import { isMailboxUrl, noticeTypes } from "../../src/wire/notices.ts"
import { mailboxEvents } from "../../web/admin/mailbox.ts"

const shop = { ...noShopSettings, name: "Lamps" }
const written = (type: string, data: object) =>
  composeNotice(JSON.stringify({ type, data }), shop, "https://shop.example")

test.each([
  [
    "alert.raised",
    { alert: "money_inbox", text: "Entries in the money inbox: 3", raised_at: "2026-11-27T12:00:00.000Z" },
    "Alert: Entries in the money inbox: 3 – Lamps",
    "Since 2026-11-27T12:00:00.000Z",
    "/admin/money",
  ],
  [
    "alert.ended",
    { alert: "expiry", raised_at: "2026-11-27T12:00:00.000Z" },
    "Alert over: held units are given back in time again – Lamps",
    "The alert of 2026-11-27T12:00:00.000Z is over",
    "/admin",
  ],
  [
    "product.sold_out",
    { product_id: 7, name: "Desk\r\nlamp <b>", stock: 10, sold_stock: 10 },
    "Sold out: Desk lamp <b> – Lamps",
    "Every unit of Desk lamp <b> is sold: 10.",
    "/admin/p/7",
  ],
  [
    "product.restocked",
    { product_id: 7, name: "Desk lamp", stock: 10, sold_stock: 9 },
    "Back in stock: Desk lamp – Lamps",
    "9 of 10 units of Desk lamp are sold.",
    "/admin/p/7",
  ],
  [
    "payment.disputed",
    { order_id: 17, status: "open", amount_minor: 12_900, currency: "JPY" },
    "Payment disputed: order 17 – Lamps",
    "claims JPY 12900. The dispute is open",
    "/admin/orders/17",
  ],
  [
    "payment.refund_failed",
    { order_id: 17, amount_minor: 12_900, currency: "KWD" },
    "A refund has failed: order 17 – Lamps",
    "The refund of KWD 12.900 was confirmed",
    "/admin/orders/17",
  ],
])("%s reads as a sentence, and links to where it is seen", (type, data, subject, text, path) => {
  const mail = written(type, data)
  expect(mail.subject).toBe(subject)
  expect(mail.text).toContain(text)
  expect(mail.text).toContain(`https://shop.example${path}\n`)
  expect(mail.html).not.toContain("<b>")
})

test("an event of an order is never written to a mailbox", () => {
  expect(() => written("order.paid", { order_id: 17 })).toThrow("order.paid is not sent to mailboxes")
  expect(() => written("constructor", {})).toThrow("not sent to mailboxes")
})

test("the control room offers what a mailbox can receive", () => {
  expect([...mailboxEvents].sort()).toEqual([...noticeTypes].sort())
})

test.each([
  ["mailto:me@shop.example", true],
  ["mailto:grüße@shop.example", true],
  ["mailto:me@shop.example?bcc=other@shop.example", false],
  ["mailto:me@shop.example?subject=hello", false],
  ["mailto:me@shop.example,other@shop.example", false],
  ["mailto:me%40shop.example", false],
  ["mailto:me", false],
  ["mailto:", false],
  ["https://shop.example", false],
])("%j is the URL of one mailbox: %j", (url, isOne) => {
  expect(isMailboxUrl(url)).toBe(isOne)
})
