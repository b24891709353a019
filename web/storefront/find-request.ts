/** What became of the request. The server gives the same answer whether or not there is an order. */
export type FindAnswer = "accepted" | "too_often" | "no_answer" | "no_mail" | "refused"

const ANSWER_WITHIN_MS = 10_000

/** Asks the shop to send the links of all orders with this address to it. Never throws. */
export async function askForLinks(email: string): Promise<FindAnswer> {
  try {
    const { status } = await fetch("/api/orders/find", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    return answerOf(status)
  } catch {
    return "no_answer"
  }
}

function answerOf(status: number): FindAnswer {
  if (status === 202) return "accepted"
  if (status === 429) return "too_often"
  // A server without mail has no such route.
  if (status === 404) return "no_mail"
  return status >= 500 ? "no_answer" : "refused"
}

/** What the page says after a search for orders, by what became of the request. */
export const findTexts: Readonly<Record<FindAnswer, string>> = {
  accepted:
    "If there is an order with this e-mail address, a mail with its link is on its way. Check your spam folder too.",
  too_often: "Too many requests. Try again later.",
  no_answer: "The shop did not respond. Try again.",
  no_mail: "This shop sends no mail. Open the order in the browser that placed it, or ask the shop.",
  refused: "The shop cannot send mail to this e-mail address. Check it for typing errors.",
}
