import type { Static } from "typebox"
import type { NewVariant } from "../../../../domain/commands.ts"
import { newVariantSettings, type NewVariantBody } from "../../../../wire/variant.ts"
import type { Services } from "../../../services.ts"

/** Reads the variants that a request adds, and gives each an id. */
export async function newVariants(
  ids: Services["ids"],
  wanted: readonly Static<typeof NewVariantBody>[],
): Promise<NewVariant[]> {
  const variants: NewVariant[] = []
  for (const given of wanted) {
    variants.push({
      variantId: await ids.next("variants"),
      settings: newVariantSettings(given),
      stock: given.stock,
      adjustmentId: await ids.next("stock_adjustments"),
    })
  }
  return variants
}

/** What a request asks for, without the ids that this server has chosen. */
export function variantContent({ settings, stock }: NewVariant): object {
  return { settings, stock }
}
