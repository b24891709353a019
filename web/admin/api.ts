import { createAdminClient } from "../../client/src/admin.ts"
import { createClient, ProblemError } from "../../client/src/index.ts"
import { may } from "./own-role.ts"
import { areFor, unitsOf } from "../shared/unit-texts.ts"

/** Without a token: the browser sends the session's cookie. The limits are short so that operators see failures soon. */
const connection = { baseUrl: "", retry: { tries: 3, totalMs: 8_000 }, timeoutMs: 5_000 }

/** The admin routes of the server that the page came from. */
export const shop = createAdminClient(connection)

/** The buyers' routes, for the list of products and single orders and holds. */
export const buyers = createClient(connection)

/** Describes an error to an operator. If the session has ended, it reloads the page, which shows the sign-in form. */
export function explain(error: unknown): string {
  if (!(error instanceof ProblemError)) return error instanceof Error ? error.message : String(error)
  const { problem } = error
  switch (problem.code) {
    case "unauthorized":
      location.reload()
      return "Your session has ended. Sign in again."
    case "role_required":
      // The page offers what the role allowed when it was opened.
      if (may(problem.role)) location.reload()
      return problem.detail
    case "stock_changed":
      return `The stock was changed to ${problem.stock} in the meantime. Nothing was saved: check the new numbers and try again.`
    case "shop_changed":
      return "The shop was changed elsewhere since you opened this page. Nothing was saved: reload the page and make your change again."
    case "content_changed":
      return "The pictures or texts were changed elsewhere since you opened this page. Nothing was saved: reload the page and make your change again."
    case "stock_in_use":
      return takenText(problem.reserved_stock + problem.sold_stock)
    case "invalid_request":
      return problem.errors.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`).join("; ")
    case "restock_over_order":
      return `At most ${unitsOf(problem.restockable_qty)} of this order can be restocked.`
    default:
      return problem.detail
  }
}

function takenText(taken: number): string {
  return `${unitsOf(taken)} ${areFor(taken)} held or sold; the stock cannot be lower. Nothing was saved.`
}
