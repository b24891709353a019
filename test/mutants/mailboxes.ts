import type { Mutant } from "./mutants.ts"

const notices = "test/worker/mail-notices.test.ts"
const answers = "src/http/routes/admin/webhooks/webhook-endpoint-answers.ts"

/** Bugs in the mails to the shop. */
export const mailboxMutants: readonly Mutant[] = [
  {
    name: "mailboxes: one that names no types gets the events of orders",
    edits: [{ file: answers, find: "&& mailboxOf(url) !== null ?", replace: "&& url === '' ?" }],
    caughtBy: { file: notices, test: "is told to the shop's mailbox, once" },
  },
  {
    name: "mailboxes: one can ask for the events of orders",
    edits: [{ file: answers, find: "!areNotices(types)", replace: "types.length === 0" }],
    caughtBy: { file: notices, test: "is refused" },
  },
  {
    name: "mailboxes: an address may bring headers of its own",
    edits: [{ file: "src/wire/notices.ts", find: "!/[?&%]/.test(address) && ", replace: "" }],
    caughtBy: { file: "test/mail/notice.test.ts", test: "is the URL of one mailbox" },
  },
  {
    name: "mailboxes: each attempt is another mail",
    edits: [{ file: "src/worker/mail-notice.ts", find: "${id} ${address}", replace: "${Math.random()}" }],
    caughtBy: { file: notices, test: "is told to the shop's mailbox, once" },
  },
  {
    name: "mailboxes: a mail that was refused counts as sent",
    edits: [
      {
        file: "src/worker/mail-notice.ts",
        find: 'result.kind !== "sent"',
        replace: 'result.kind === "later"',
      },
    ],
    caughtBy: { file: notices, test: "a test event comes as a mail" },
  },
  {
    name: "mailboxes: a server without mail takes one",
    edits: [{ file: answers, find: "if (!hasMail)", replace: "if (!hasMail && url === '')" }],
    caughtBy: { file: notices, test: "where the server sends no mail" },
  },
]
