import type { Mutant } from "./mutants.ts"

const http = "test/http/mail-codes.test.ts"
const race = "test/race/mail-codes.test.ts"
const stored = "src/store/queues/mail-codes.ts"
const codes = "src/http/access/mailbox-codes.ts"
const keys = "src/http/access/mailbox-keys.ts"
const tokens = "src/http/access/customer-token.ts"

/** Who has confirmed a mailbox, and whose mailbox is flooded. */
export const mailCodeMutants: readonly Mutant[] = [
  {
    name: "mail codes: tries are read first and counted afterwards, so simultaneous ones are all judged",
    edits: [
      {
        file: stored,
        find: `    async countTry(customerId) {
      const { rows }`,
        replace: `    async countTry(customerId) {
      const { rows: open } = await pool.query<{ seed: string }>(
        \`select seed from mail_codes where mailbox = $1 and \${isOpen}\`,
        [customerId],
      )
      await pool.query("update mail_codes set tries = least(tries + 1, 5) where mailbox = $1", [customerId])
      if (open.length >= 0) return open[0]?.seed ?? null
      const { rows }`,
      },
    ],
    caughtBy: { file: race, test: "five are judged, and not one more" },
  },
  {
    name: "mail codes: a code is used twice",
    edits: [
      {
        file: stored,
        find: "           and seed = $2\n             and ends_at > clock_timestamp()`",
        replace: "           and seed = $2`",
      },
    ],
    caughtBy: { file: race, test: "one gets the token" },
  },
  {
    name: "mail codes: the limit of an address is not kept",
    edits: [
      {
        file: stored,
        find: `          or known.mails < \${MAILS_PER_HOUR}\``,
        replace: `          or known.mails < 1000\``,
      },
      {
        file: stored,
        find: "then 1 else known.mails + 1 end,",
        replace: "then 1 else least(known.mails + 1, 5) end,",
      },
    ],
    caughtBy: { file: race, test: "five mails, and one code" },
  },
  {
    name: "mail codes: the total is not kept",
    edits: [{ file: stored, find: "and (${isNewHour} or mails < $1)`", replace: "and $1 > 0`" }],
    caughtBy: { file: http, test: "than MAIL_CODES_PER_HOUR" },
  },
  {
    name: "mail codes: a request for an open code gives new tries",
    edits: [
      {
        file: stored,
        find: "tries = case when ${ofKnown(isOpen)} then known.tries else 0 end",
        replace: "tries = 0",
      },
    ],
    caughtBy: { file: http, test: "and the tries stay" },
  },
  {
    name: "mail codes: a code does not end",
    edits: [
      {
        file: "src/store/queues/mail-code-queue.ts",
        find: "const isOpen = `ends_at > clock_timestamp() and tries",
        replace: "const isOpen = `ends_at > '-infinity' and tries",
      },
      {
        file: stored,
        find: "           and seed = $2\n             and ends_at > clock_timestamp()`",
        replace: "           and seed = $2`",
      },
    ],
    caughtBy: { file: http, test: "within ten minutes" },
  },
  {
    name: "mail codes: a wrong code of an address without one is answered at once",
    edits: [{ file: codes, find: "      await atLeast\n", replace: "" }],
    caughtBy: { file: http, test: "learns nothing from the time of a wrong code" },
  },
  {
    name: "mail codes: every spelling of an address is a customer of its own",
    edits: [{ file: keys, find: "digest(nameKey, mailboxName(email))", replace: "digest(nameKey, email)" }],
    caughtBy: { file: http, test: "all spellings of one mailbox are one customer" },
  },
  {
    name: "mail codes: the names of customers change with TOKEN_SECRET",
    edits: [{ file: keys, find: 'digest(names, "names', replace: 'digest(names + secret, "names' }],
    caughtBy: { file: http, test: "whatever secrets change" },
  },
  {
    name: "mail codes: a secret of the shop signs for a mailbox",
    edits: [
      {
        file: tokens,
        find: "isMailbox ? ofMailboxes : ofShop",
        replace: "isMailbox ? [...ofMailboxes, ...ofShop] : ofShop",
      },
    ],
    caughtBy: { file: http, test: "cannot be signed by the shop" },
  },
  {
    name: "mail codes: a mailbox counts as an account of the shop",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: 'customerProof === customer || customerProof === "shop"',
        replace: "customerProof !== null",
      },
    ],
    caughtBy: { file: http, test: "a mailbox is not an account of the shop" },
  },
  {
    name: "mail codes: the code is stored in the event",
    edits: [
      {
        file: stored,
        find: "JSON.stringify({ type: CODE_EVENT, timestamp: now, data: { customer_id: customerId } })",
        replace: `JSON.stringify({
        type: CODE_EVENT,
        timestamp: now,
        data: {
          customer_id: customerId,
          email: (await tx.query("select email from mail_codes where mailbox = $1", [customerId])).rows[0].email,
        },
      })`,
      },
    ],
    caughtBy: { file: http, test: "can be read in what is stored of the event" },
  },
  {
    name: "mail codes: an endpoint that has chosen no events gets addresses and codes",
    edits: [
      {
        file: "src/store/columns.ts",
        find: "export const wantedUnasked = \"v.type <> 'customer.code_requested'\"",
        replace: 'export const wantedUnasked = "true"',
      },
    ],
    caughtBy: { file: http, test: "others get nothing" },
  },
  {
    name: "mail codes: an erasure leaves the address of an open code",
    edits: [
      {
        file: "src/http/routes/admin/orders/erase-details.ts",
        find: "await mailboxCodes.forget(email === undefined ? { customerId } : { email })",
        replace: "",
      },
    ],
    caughtBy: { file: http, test: "is erased with the buyer" },
  },
]
