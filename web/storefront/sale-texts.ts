import type { SaleState } from "../../client/src/index.ts"

/** What a buyer reads of a sale. */
export const saleTexts: Readonly<Record<SaleState, string>> = {
  open: "On sale",
  all_held: "All in baskets. Some may come back",
  sold_out: "Sold out",
  scheduled: "Opens soon",
  paused: "The sale is paused",
  closed: "The sale is over",
}
