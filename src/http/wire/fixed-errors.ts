import { mergedMetadataTooLarge } from "../../wire/shop-fields.ts"

/** What is wrong with the request, of refusals that say the same each time. */
export const fixedErrors = {
  metadata_over_limit: [mergedMetadataTooLarge],
  nothing_to_refund: [
    {
      pointer: "/amount_minor",
      detail: "must be more than 0 unless restock_qty or restock_lines restocks units",
    },
  ],
  invalid_sale_window: [{ pointer: "/closes_at", detail: "must be after opens_at" }],
  customer_not_signed: [{ pointer: "/customer_id", detail: "must come in a Customer-Token" }],
} as const
