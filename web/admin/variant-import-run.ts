import { ProblemError } from "../../client/src/index.ts"
import { explain, shop } from "./api.ts"
import type { PlannedLine } from "./variant-import.ts"
import { requestsOf } from "./variant-requests.ts"

/** What became of a line. */
export type LineResult =
  | { readonly kind: "applied" }
  | { readonly kind: "refused"; readonly text: string }
  /** No answer came, so the line may be applied or not. */
  | { readonly kind: "unknown"; readonly text: string }
  /** The connection was lost before its turn. */
  | { readonly kind: "not_tried" }

/**
 * Adds the new variants in as few requests as possible, then changes one line after another. A refused request does not
 * keep the next ones from being sent; a server that does not answer does. `report` gets the result of each line that does something.
 */
export async function applyPlan(
  productId: number,
  lines: readonly PlannedLine[],
  report: (line: number, result: LineResult) => void,
): Promise<void> {
  const added = lines.filter((planned) => planned.kind === "new")
  const changed = lines.filter((planned) => planned.kind === "changed")
  let isLost = false
  async function tell(of: readonly PlannedLine[], send: () => Promise<unknown>): Promise<void> {
    const result: LineResult = isLost ? { kind: "not_tried" } : await resultOf(send)
    for (const { line } of of) report(line, result)
  }
  async function resultOf(send: () => Promise<unknown>): Promise<LineResult> {
    try {
      await send()
      return { kind: "applied" }
    } catch (error) {
      isLost = !(error instanceof PartlyApplied || error instanceof ProblemError)
      return { kind: isLost ? "unknown" : "refused", text: explain(error) }
    }
  }

  for (const group of requestsOf(added)) {
    await tell(group, () =>
      shop.products.addVariants(productId, { variants: group.map(({ variant }) => variant) }),
    )
  }
  for (const planned of changed) await tell([planned], () => change(productId, planned))
}

/** The settings of a line were changed, and its stock was refused. */
class PartlyApplied extends Error {}

async function change(
  productId: number,
  { variantId, changes, stock }: Extract<PlannedLine, { kind: "changed" }>,
): Promise<void> {
  const hasSettings = Object.keys(changes).length > 0
  if (hasSettings) await shop.products.changeVariant(productId, variantId, changes)
  if (stock === null) return
  try {
    await shop.products.setVariantStock(productId, variantId, stock)
  } catch (error) {
    if (!hasSettings || !(error instanceof ProblemError)) throw error
    throw new PartlyApplied(`The settings were changed, the stock was not. ${explain(error)}`)
  }
}
