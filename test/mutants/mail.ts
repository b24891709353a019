import type { Mutant } from "./mutants.ts"

const mailing = "test/worker/mailing.test.ts"
const message = "test/mail/message.test.ts"
const smtp = "test/mail/smtp.test.ts"
const found = "test/http/find-orders.test.ts"
const queue = "src/store/queues/mail-queue.ts"

/** Bugs with which mails are lost, doubled, sent to strangers, or tell what nobody should know. */
export const mailMutants: readonly Mutant[] = [
  {
    name: "mail: mails are written although mail is off",
    edits: [
      { file: "src/store/batch/product-store.ts", find: "if (hasMail)", replace: "if (hasMail || true)" },
    ],
    caughtBy: { file: mailing, test: "causes no mail while mail is off" },
  },
  {
    name: "mail: products that ask for no address cause mails",
    edits: [
      {
        file: "src/domain/mails.ts",
        find: "if (!asksForEmail(state.product)) return []",
        replace: "void asksForEmail",
      },
    ],
    caughtBy: { file: mailing, test: "of a product that asks for no address" },
  },
  {
    name: "mail: a mail that the shop sends a second time keeps its Message-ID",
    edits: [{ file: queue, find: "when status = 'sent' then", replace: "when status = 'none' then" }],
    caughtBy: { file: mailing, test: "the shop sends a mail again" },
  },
  {
    name: "mail: the shop sends the mail of another order",
    edits: [
      {
        file: queue,
        find: "           where order_id = $1\n             and id = $2\n             and status <> 'due'",
        replace:
          "           where $1::bigint is not null\n             and id = $2\n             and status <> 'due'",
      },
    ],
    caughtBy: { file: mailing, test: "a mail of another order is not sent again" },
  },
  {
    name: "mail: an existing mail fails the batch",
    edits: [
      { file: "src/store/batch/mails.ts", find: "on conflict (id, product_id) do nothing", replace: "" },
    ],
    caughtBy: { file: mailing, test: "stands there already" },
  },
  {
    name: "mail: a refund is reported before it is confirmed",
    edits: [
      {
        file: "src/domain/mails.ts",
        find: 'status !== "confirmed" || amountMinor === 0',
        replace: "amountMinor === 0",
      },
    ],
    caughtBy: { file: mailing, test: "because the order was paid twice" },
  },
  {
    name: "mail: an order that its buyer cancels is reported",
    edits: [
      { file: "src/domain/mails.ts", find: "fact.byShop === true ?", replace: "fact.byShop !== null ?" },
    ],
    caughtBy: { file: mailing, test: "an order that the shop cancels" },
  },
  {
    name: "mail: each attempt has a Message-ID of its own",
    edits: [
      {
        file: "src/mail/message.ts",
        find: "messageId: `<${key}@",
        replace: "messageId: `<${Math.random()}.${key}@",
      },
    ],
    caughtBy: { file: mailing, test: "of a worker that died is sent again" },
  },
  {
    name: "mail: workers take mails that others have leased",
    edits: [
      {
        file: queue,
        find: "not_before = clock_timestamp() + make_interval(secs => ${MAIL_LEASE_SECONDS})",
        replace: "not_before = not_before + make_interval(secs => 0 * ${MAIL_LEASE_SECONDS})",
      },
    ],
    caughtBy: { file: mailing, test: "send each mail once" },
  },
  {
    name: "mail: each worker has a rate of its own",
    edits: [{ file: queue, find: "if (perSecond > 0 && mails.length > 0)", replace: "if (perSecond < 0)" }],
    caughtBy: { file: mailing, test: "keep to MAIL_PER_SECOND" },
  },
  {
    name: "mail: a flood of codes delays receipts",
    edits: [
      {
        file: "src/store/queues/mail-code-queue.ts",
        find: "allowed - (await countDue(tx, allowed))",
        replace: "allowed - 0 * (await countDue(tx, allowed))",
      },
    ],
    caughtBy: { file: mailing, test: "go before codes that everybody can ask for" },
  },
  {
    name: "mail: receipts that are due stop all codes",
    edits: [
      {
        file: "src/store/queues/mail-code-queue.ts",
        find: "return rows[0]?.isTurn === true",
        replace: "return rows[0]?.isTurn === undefined",
      },
    ],
    caughtBy: { file: mailing, test: "leave codes one second of four" },
  },
  {
    name: "mail: a receipt that waits for another attempt stops all codes",
    edits: [
      {
        file: queue,
        find: `               where status = 'due'
                 and not_before <= statement_timestamp()
               limit $1) as due`,
        replace: `               where status = 'due'
               limit $1) as due`,
      },
    ],
    caughtBy: { file: mailing, test: "hold back no code" },
  },
  {
    name: "mail: a server that is away uses up attempts",
    edits: [{ file: queue, find: 'result.kind === "given back" ? 1 : 0', replace: "0" }],
    caughtBy: { file: mailing, test: "is away uses up no attempt" },
  },
  {
    name: "mail: a permanent refusal is tried again",
    edits: [
      {
        file: "src/mail/smtp.ts",
        find: "responseCode !== undefined && responseCode >= 500",
        replace: "responseCode !== undefined && responseCode >= 600",
      },
    ],
    caughtBy: { file: mailing, test: "refuses a mail for good" },
  },
  {
    name: "mail: the server's answer is kept with the address",
    edits: [
      { file: "src/mail/smtp.ts", find: "return withoutAddresses(text, recipient)", replace: "return text" },
    ],
    caughtBy: { file: mailing, test: "refuses a mail for good" },
  },
  {
    name: "mail: the server's answer is kept with the first part of the address",
    edits: [
      {
        file: "src/mail/smtp.ts",
        find: ": resultOf(failure, message.envelope.to)",
        replace: ': resultOf(failure, "")',
      },
    ],
    caughtBy: { file: mailing, test: "refuses a mail for good" },
  },
  {
    name: "mail: answers of the mail server outlive an erasure",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "             set last_error = null,\n",
        replace: "             set last_error = last_error,\n",
      },
    ],
    caughtBy: { file: mailing, test: "by address takes the mail server's answers along" },
  },
  {
    name: "mail: answers of the mail server outlive an erasure by customer",
    edits: [
      {
        file: "src/store/reads/erasure.ts",
        find: "          returning order_details.product_id, order_details.order_id\n        ),\n        forgotten as (${forgetMailErrors}",
        replace:
          "          returning order_details.product_id, order_details.order_id\n        ),\n        forgotten as (select 1",
      },
    ],
    caughtBy: { file: mailing, test: "by customer takes them along" },
  },
  {
    name: "mail: answers of the mail server outlive their time",
    edits: [{ file: "src/store/upkeep/retention.ts", find: "(${forgetMailErrors}", replace: "(select 1" }],
    caughtBy: { file: mailing, test: "when they are old takes them along" },
  },
  {
    name: "mail: an answer is noted after the erasure",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "case when status = 'due' then clock_timestamp() else not_before end",
        replace: "not_before",
      },
    ],
    caughtBy: { file: mailing, test: "keeps no answer that comes later" },
  },
  {
    name: "mail: a hanging server holds up the worker",
    edits: [
      {
        file: "src/worker/mailing.ts",
        find: "for (const mail of mails) track(mail)",
        replace: "for (const mail of mails) await send(mail)",
      },
    ],
    caughtBy: { file: mailing, test: "hangs delays no sale" },
  },
  {
    name: "mail: a password is sent without TLS",
    edits: [
      {
        file: "src/mail/smtp.ts",
        find: 'requireTLS: server.tls === "required"',
        replace: "requireTLS: false",
      },
    ],
    caughtBy: { file: smtp, test: "gets no password and no mail" },
  },
  {
    name: "mail: an attempt has no end",
    edits: [
      {
        file: "src/mail/smtp.ts",
        find: "AbortSignal.any([signal, AbortSignal.timeout(within.wholeMs)])",
        replace: "signal",
      },
    ],
    caughtBy: { file: smtp, test: "that answers no more is given up" },
  },
  {
    name: "mail: values are not escaped in the HTML",
    edits: [
      { file: "src/mail/layout.ts", find: "return escaped(oneLine(text))", replace: "return oneLine(text)" },
    ],
    caughtBy: { file: message, test: "in every field begins no header" },
  },
  {
    name: "mail: values keep their line ends in the text",
    edits: [
      {
        file: "src/mail/layout.ts",
        find: 'return [`${oneLine(block.title)}:`, ...block.lines.map((line) => `  ${oneLine(line)}`)].join("\\n")',
        replace: 'return [`${block.title}:`, ...block.lines].join("\\n")',
      },
      {
        file: "src/mail/compose.ts",
        find: 'oneLine(shippingAddress[key] ?? "")',
        replace: 'shippingAddress[key] ?? ""',
      },
    ],
    caughtBy: { file: message, test: "in every field begins no header" },
  },
  {
    name: "mail: links of other addresses are in the mail",
    edits: [
      {
        file: "src/store/reads/mail-contents.ts",
        find: '${sameEmail("order_details.email")} = ',
        replace: '${sameEmail("order_details.email")} >= ',
      },
    ],
    caughtBy: { file: mailing, test: "the links of an address's orders" },
  },
  {
    name: "mail: an address may be sent its links without end",
    edits: [{ file: queue, find: "and ${LINKS_PER_HOUR} > (", replace: "and 1000 * ${LINKS_PER_HOUR} > (" }],
    caughtBy: { file: mailing, test: "the links of an address's orders" },
  },
  {
    name: "mail: simultaneous requests for one address do not take turns",
    edits: [{ file: queue, find: "if (rows[0]?.isMine !== true) return", replace: "void rows" }],
    caughtBy: { file: mailing, test: "requests for one address at the same moment" },
  },
  {
    name: "mail: the answer waits for the look-up",
    edits: [
      {
        file: "src/http/routes/buyers/find-orders.ts",
        find: "      orderLinks.ask(request.body.email)",
        replace: "      orderLinks.ask(request.body.email)\n      await orderLinks.settled()",
      },
    ],
    caughtBy: { file: found, test: "does not wait for the look-up" },
  },
  {
    name: "mail: old mails that still wait are removed",
    edits: [{ file: "src/store/upkeep/retention.ts", find: "and status <> 'due'", replace: "" }],
    caughtBy: { file: mailing, test: "a mail is removed when it is old" },
  },
]
