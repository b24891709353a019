import type { Mutant } from "./mutants.ts"

const mailing = "test/worker/mailing.test.ts"
const message = "test/mail/message.test.ts"
const smtp = "test/mail/smtp.test.ts"
const found = "test/http/find-orders.test.ts"

/** Bugs by which a stranger reaches another buyer through the shop's mails. */
export const mailAbuseMutants: readonly Mutant[] = [
  {
    name: "mail: addresses that a language counts as the same get each other's links",
    edits: [
      {
        file: "src/store/columns.ts",
        find: 'lower(${expression} collate "C")',
        replace: "lower(${expression})",
      },
    ],
    caughtBy: {
      file: "test/store/same-email.test.ts",
      test: "addresses are compared by the letters of ASCII",
    },
  },
  {
    name: "mail: the links of orders carry a name that a stranger has entered",
    edits: [
      { file: "src/mail/compose.ts", find: 'return kind !== "links" && isName', replace: "return isName" },
    ],
    caughtBy: { file: message, test: "everybody can enter it beside the address of somebody else" },
  },
  {
    name: "mail: a name that is a message is written into the mail",
    edits: [{ file: "src/mail/compose.ts", find: "!/[/:@]|www", replace: "!/[@]|www" }],
    caughtBy: { file: message, test: "everybody can enter it beside the address of somebody else" },
  },
  {
    name: "mail: orders that a stranger made push the paid ones out of the links",
    edits: [
      {
        file: "src/store/reads/mail-contents.ts",
        find: "order by orders.status in ('paid', 'refunded') desc, orders.id desc",
        replace: "order by orders.id desc",
      },
    ],
    caughtBy: { file: mailing, test: "the links of paid orders come first" },
  },
  {
    name: "mail: an address whose orders get another one is mailed without a limit",
    edits: [
      {
        file: "src/http/access/order-links.ts",
        find: "if ((await limit.take(asciiLowerCase(email))) === 0) await ask",
        replace: "await ask",
      },
    ],
    caughtBy: { file: found, test: "an address gets three mails an hour, whatever becomes of the orders" },
  },
  {
    name: "mail: an address that needs SMTPUTF8 stops the mails of the shop",
    edits: [{ file: "src/mail/smtp.ts", find: " && isAscii(localPartOf(recipient))", replace: "" }],
    caughtBy: { file: smtp, test: "that takes no SMTPUTF8 refuses the mail whose address needs it" },
  },
]
