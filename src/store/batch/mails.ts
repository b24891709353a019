import { mailsOf, type NewMail } from "../../domain/mails.ts"
import { insertInto } from "./insert-rows.ts"
import type { LoadedBatch } from "./load.ts"
import { writeIfAny } from "./row-groups.ts"
import type { Tx } from "../tx.ts"

/** Writes the mails that a batch causes. Rows that an earlier try of the same batch has written stay. */
export function saveMails(tx: Tx, { sets, now }: LoadedBatch): Promise<void>[] {
  const mails = sets.flatMap(({ state }) => mailsOf(state, now))
  return writeIfAny(mails, () => insertMails(tx, mails))
}

const insertMails = insertInto<NewMail>(
  "mails",
  {
    id: ["text", (mail) => mail.id],
    product_id: ["bigint", (mail) => mail.productId],
    order_id: ["bigint", (mail) => mail.orderId],
    kind: ["text", (mail) => mail.kind],
    refund_number: ["integer", (mail) => mail.refundNumber],
    not_before: ["timestamptz", (mail) => mail.createdAt],
    created_at: ["timestamptz", (mail) => mail.createdAt],
    updated_at: ["timestamptz", (mail) => mail.createdAt],
  },
  "on conflict (id, product_id) do nothing",
)
