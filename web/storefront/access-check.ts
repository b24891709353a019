import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals"
import { ProblemError, type Access, type Client, type Product } from "../../client/src/index.ts"
import { nextEnd, noAccess, type AccessFault, type BuyerAccess } from "./buyer-opening.ts"
import { storage } from "./browser-storage.ts"
import { onReturn } from "./server-connection.ts"

/** All who have a code ask anew when a phase ends, so not at the same moment. */
const SPREAD_MS = 3_000

const PATIENCE = { tries: 3, totalMs: 10_000 }

interface AccessCheckParts {
  readonly client: Client
  readonly product: ReadonlySignal<Product>
  readonly customerToken: ReadonlySignal<string | null>
  /** The server's clock. */
  readonly nowMs: ReadonlySignal<number | null>
  /** The code with which the page was opened; null: none. */
  readonly firstCode: () => string | null
  /** The server has refused the customer token. It is not sent any more. */
  readonly onTokenInvalid: () => void
}

/** Asks the server when this buyer may buy, and keeps the code in the tab. A product without phases asks nothing. */
export function createAccessCheck({
  client,
  product,
  customerToken,
  nowMs,
  firstCode,
  onTokenInvalid,
}: AccessCheckParts) {
  const productId = product.peek().id
  const code = signal<string | null>(null)
  const state = signal<BuyerAccess["state"]>("idle")
  const answer = signal<Access | null>(null)
  let turn = 0

  const access = computed<BuyerAccess>(() => {
    if (product.value.phases === undefined) return noAccess
    const said = answer.value
    const unitsLeft = code.value === null ? null : (said?.units_left ?? null)
    // A code without units lets nobody in, whatever its phase.
    const own =
      said === null || unitsLeft === 0
        ? null
        : { ...said, by: code.value === null ? ("shop" as const) : ("code" as const) }
    return { code: code.value, state: state.value, own, unitsLeft }
  })

  /** Asks about a code, and the shop's sign-in. Of several questions the last one counts. */
  async function ask(given: string | null): Promise<void> {
    turn += 1
    const own = turn
    const token = customerToken.peek()
    if (given === null && token === null) return settle(null, null, "idle")
    state.value = "checking"
    try {
      const body = given === null ? {} : { access_code: given }
      const options = { retry: PATIENCE, ...(token !== null && { customerToken: token }) }
      const said = await client.products.access(productId, body, options)
      if (own === turn) settle(given, said, "idle")
    } catch (error) {
      if (own !== turn) return
      const fault = faultOf(error)
      if (fault === "token_invalid") {
        onTokenInvalid()
        // The code may let the buyer in without the token.
        if (given !== null) return ask(given)
      }
      if (fault === "unknown" && code.peek() === given) settle(null, null, fault)
      else state.value = fault
    }
  }

  function settle(next: string | null, said: Access | null, then: BuyerAccess["state"]): void {
    batch(() => {
      code.value = next
      answer.value = said
      state.value = then
    })
    storage.saveAccessCode(productId, next)
  }

  function askAgain(): void {
    if (product.peek().phases !== undefined) void ask(code.peek())
  }

  return {
    access,
    /** Checks a code; null: forgets the one that there is. */
    enter(given: string | null) {
      const text = given?.trim() ?? null
      if (text !== "") void ask(text)
    },
    /** What a request for a hold shows. */
    shown: () =>
      product.peek().phases === undefined || code.peek() === null ? {} : { accessCode: code.peek() ?? "" },
    askAgain,
    /** Starts asking, and asks again when the hold ends: its units may be the code's again. */
    start(isHeld: ReadonlySignal<boolean>, until?: AbortSignal) {
      let timer: ReturnType<typeof setTimeout> | undefined
      code.value = firstCode() ?? storage.accessCode(productId)
      const terms = computed(() => {
        const { phases, opens_at, closes_at } = product.value
        return phases === undefined ? null : JSON.stringify([phases, opens_at, closes_at])
      })
      const stopAsking = effect(() => {
        if (terms.value !== null) void ask(code.peek())
      })
      // What was said holds until a phase ends.
      const end = computed(() =>
        answer.value === null ? null : nextEnd(product.value, Date.parse(answer.value.server_time)),
      )
      const stopWaiting = effect(() => {
        if (end.value === null || nowMs.value === null || nowMs.value < end.value) return
        if (timer !== undefined) return
        timer = setTimeout(() => {
          timer = undefined
          void ask(code.peek())
        }, Math.random() * SPREAD_MS)
      })
      let wasHeld = false
      const stopWatching = effect(() => {
        if (wasHeld && !isHeld.value) untracked(askAgain)
        wasHeld = isHeld.value
      })
      onReturn(() => state.peek() === "no_answer" && void ask(code.peek()), until)
      until?.addEventListener("abort", () => {
        stopAsking()
        stopWaiting()
        stopWatching()
        clearTimeout(timer)
      })
    },
  }
}

function faultOf(error: unknown): AccessFault {
  if (!(error instanceof ProblemError)) return "no_answer"
  switch (error.code) {
    case "access_code_unknown":
    // Characters that no code has.
    case "invalid_request":
      return "unknown"
    case "rate_limited":
      return "too_often"
    case "customer_token_invalid":
      return "token_invalid"
    default:
      return "no_answer"
  }
}
