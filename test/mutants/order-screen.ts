import type { Mutant } from "./mutants.ts"

const route = "test/http/whole-order.test.ts"
const history = "src/store/reads/order-history.ts"

/** Bugs in the page of one order. */
export const orderScreenMutants: readonly Mutant[] = [
  {
    name: "order page: the shop's changes of other orders are shown",
    edits: [
      {
        file: history,
        find: "       where order_id = $1\n       order by created_at desc, id desc",
        replace: "       where $1::bigint is not null\n       order by created_at desc, id desc",
      },
    ],
    caughtBy: { file: route, test: "has nothing of another order" },
  },
  {
    name: "order page: payments of other orders are shown",
    edits: [
      {
        file: history,
        find: "       where order_id = $1\n       order by received_at desc, provider",
        replace: "       where $1::bigint is not null\n       order by received_at desc, provider",
      },
    ],
    caughtBy: { file: route, test: "has nothing of another order" },
  },
  {
    name: "order page: a message that left no payment is not shown",
    edits: [
      {
        file: history,
        find: "('cancelled', 'disputed', 'ignored_final', 'refund_due')",
        replace: "('disputed', 'refund_due')",
      },
    ],
    caughtBy: { file: route, test: "messages that left no payment" },
  },
  {
    name: "order page: the timeline is not in the order of time",
    edits: [
      {
        file: "src/http/wire/order-timeline.ts",
        find: "Date.parse(one.at) - Date.parse(other.at) || rankOf(one) - rankOf(other)",
        replace: "rankOf(one) - rankOf(other)",
      },
    ],
    caughtBy: { file: route, test: "in the order of time" },
  },
  {
    name: "order page: the outgoing events of refunds are not looked for",
    edits: [
      {
        file: "src/wire/outgoing-event-ids.ts",
        find: `      eventId("payment.refund_due", refundName(orderId, refund.number)),\n`,
        replace: "",
      },
    ],
    caughtBy: { file: route, test: "deliveries to each endpoint" },
  },
  {
    name: "order page: changes of an order are found without an index",
    edits: [
      {
        file: "migrations/0015_order_page.sql",
        find: "create index admin_actions_of_order on admin_actions (order_id, created_at, id) where order_id is not null;",
        replace: "",
      },
    ],
    caughtBy: { file: "test/store/plans.test.ts", test: "what happened to an order" },
  },
  {
    name: "order page: the record of changes holds a buyer's details",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: "isChecked && !isPersonal",
        replace: "isChecked",
      },
    ],
    caughtBy: { file: route, test: "which no list of events or changes has" },
  },
  {
    name: "product form: a text in several languages that was not changed is read again",
    edits: [
      {
        file: "web/admin/collect-values.ts",
        find: "before !== null && shown?.label === texts.label ? before.label : readLocalText(texts.label)",
        replace: "readLocalText(texts.label)",
      },
    ],
    caughtBy: { file: "test/web/collect-values.test.ts", test: "cannot show exactly" },
  },
  {
    name: "product form: saving another setting writes the questions again",
    edits: [
      {
        file: "web/admin/collect-values.ts",
        find: "...(given !== JSON.stringify((product?.questions ?? []).map(canonical)) && { questions }),",
        replace: "questions,",
      },
    ],
    caughtBy: { file: "test/web/collect-values.test.ts", test: "only what differs is sent" },
  },
]
