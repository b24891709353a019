/** The service that a challenge is checked with. */
interface Verifier {
  readonly verifyUrl: string
  readonly secret: string
}

/** `unknown`: the service has not answered, or not what it promises. `busy`: too many are being checked; nothing was asked. */
export type ChallengeResult = "solved" | "failed" | "unknown" | "busy"

/** Checks solved challenges. */
export interface Challenge {
  /** Asks the service. Never rejects, and answers within {@link VERIFY_WITHIN_MS}. */
  check(token: string | undefined): Promise<ChallengeResult>
}

/** How long the service may take. A buyer waits meanwhile. */
export const VERIFY_WITHIN_MS = 3_000
/** An answer has a few hundred bytes. */
const LONGEST_ANSWER = 20_000
/** Questions under way at one time. */
const AT_ONCE = 100
/** What tokens of known services consist of: with other text a sender could provoke an answer that is none. */
const tokenShape = /^[\w.~+/=:-]+$/
/** The sender's fault; other errors are the shop's or the service's. */
const isRefusal = (status: number) => status >= 400 && status < 500 && ![401, 403, 429].includes(status)

/**
 * Makes the check of challenges with a service that has the form siteverify: it is sent `secret` and `response`, and answers
 * `{"success": true}` or `false`. It is not told the buyer's address.
 * `onFailure`: the service does not answer; called once until it answers again.
 */
export function createChallenge(
  { verifyUrl, secret }: Verifier,
  onFailure: (error: unknown) => void,
): Challenge {
  let underWay = 0
  let isAway = false
  return {
    async check(token) {
      if (token === undefined || !tokenShape.test(token)) return "failed"
      if (underWay >= AT_ONCE) return "busy"
      underWay += 1
      try {
        const isSolved = await ask(verifyUrl, secret, token)
        isAway = false
        return isSolved ? "solved" : "failed"
      } catch (error) {
        if (!isAway) onFailure(error)
        isAway = true
        return "unknown"
      } finally {
        underWay -= 1
      }
    },
  }
}

async function ask(url: string, secret: string, response: string): Promise<boolean> {
  const answer = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ secret, response }),
    redirect: "error",
    signal: AbortSignal.timeout(VERIFY_WITHIN_MS),
  })
  const text = await answer.text()
  if (text.length > LONGEST_ANSWER) throw new Error("the answer of the challenge's service is too long")
  if (isRefusal(answer.status) && !text.includes("input-secret")) return false
  const body: unknown = JSON.parse(text)
  const success = typeof body === "object" && body !== null && "success" in body ? body.success : undefined
  if (typeof success !== "boolean")
    throw new Error(`the challenge's service answered ${answer.status} without success`)
  // A wrong secret is the shop's fault and not the buyer's.
  if (!success && /(?:missing|invalid)-input-secret/.test(text))
    throw new Error("the challenge's service refuses CHALLENGE_SECRET")
  return success
}
