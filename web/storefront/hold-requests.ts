import type { HoldBody } from "../../client/src/index.ts"
import type { HoldRequest } from "./browser-storage.ts"
import { OPTION_FIELD, type Picks } from "./option-choice.ts"
import { withUnits, type Choice } from "./variant-choice.ts"

/** What a request for a hold sends. */
export function bodyOf(productId: number, { qty, lines, customerId, accessCode }: HoldRequest): HoldBody {
  const units = lines === undefined ? { qty } : { lines }
  return {
    product_id: productId,
    ...units,
    ...(customerId !== null && { customer_id: customerId }),
    ...(accessCode !== undefined && { access_code: accessCode }),
  }
}

/** The variant that a visitor has chosen before the scripts ran; null: none. */
export function choiceInDocument(): Choice | null {
  const chosen = document.querySelector<HTMLInputElement>("input[name=variant]:checked")
  return chosen === null ? null : withUnits([], Number(chosen.value), 1)
}

/** The values that a visitor has picked by option before the scripts ran. */
export function picksInDocument(): Picks {
  const picked = document.querySelectorAll<HTMLInputElement>(`input[name^="${OPTION_FIELD}"]:checked`)
  return Array.from(picked, ({ name, value }) => [name.slice(OPTION_FIELD.length), value] as const)
}

/**
 * Runs one tab's request at a time, so that two tabs do not both place a hold. Without locks it runs at once: some browsers
 * have none, and others refuse them to a page that may store nothing.
 */
export async function oneTabAtATime(name: string, work: () => Promise<void>): Promise<void> {
  let hasBegun = false
  async function begin(): Promise<void> {
    hasBegun = true
    await work()
  }
  if (typeof navigator.locks === "undefined") return begin()
  try {
    await navigator.locks.request(name, begin)
  } catch (error) {
    if (hasBegun) throw error
    await begin()
  }
}
