import { createAdminClient } from "../../client/src/admin.ts"
import { createClient, ProblemError } from "../../client/src/index.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"

/** The browser sends the session along by itself. An operator would rather hear of a fault than wait for long. */
const connection = { baseUrl: "", retry: { tries: 3, totalMs: 8_000 }, timeoutMs: 5_000 }

/** The shop's routes of the server that the page came from. */
export const shop = createAdminClient(connection)

/** The buyers' routes, for the list of products. */
export const buyers = createClient(connection)

/** What went wrong, in words for a person. Whoever is no longer signed in is shown the way in. */
export function explain(error: unknown): string {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : String(error)
  const { problem } = error
  switch (problem.code) {
    case "unauthorized":
      location.reload()
      return "You are no longer signed in."
    case "stock_changed":
      return `The stock has become ${problem.stock} since you looked, so nothing was changed. Look at the new numbers and decide again.`
    case "stock_in_use":
      return takenText(problem.reserved_stock + problem.sold_stock)
    case "invalid_request":
      return problem.errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`).join("; ")
    case "restock_over_order":
      return `${problem.title}: ${problem.restockable_qty}.`
    default:
      return problem.detail
  }
}

function takenText(taken: number): string {
  return `${unitsOf(taken)} ${areFor(taken)} held or sold; the stock cannot be less. Nothing was changed.`
}
