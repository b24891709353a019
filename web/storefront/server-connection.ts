import { signal, type ReadonlySignal } from "@preact/signals"
import {
  AnswerError,
  createClient,
  NetworkError,
  ProblemError,
  type ProblemMembers,
  TimeoutError,
  type Client,
  type Fetch,
  type FieldError,
  type Product,
} from "../../client/src/index.ts"
import type { Known, Pending, Refusal } from "./buyer-view.ts"
import { variantName } from "./variant-choice.ts"
import { isOurStorageEvent } from "./browser-storage.ts"
import type { Words } from "./words/en.ts"

/** The connection of a storefront page to its server. */
export interface ServerConnection {
  readonly client: Client
  readonly connection: ReadonlySignal<Known["connection"]>
  /** The server's clock, updated every second; null until it is known. */
  readonly nowMs: ReadonlySignal<number | null>
  /** Why the last try of a write failed; null: it succeeded, or none was made. */
  readonly trouble: ReadonlySignal<Pending["trouble"]>
  /**
   * Starts watching these products and reading the time. `onGone`: the shop has taken one of them off sale, and none is
   * watched any more, until `start` is called again. Everything ends with the signal.
   */
  start(
    productIds: readonly number[],
    onProduct: (product: Product) => void,
    onGone?: () => void,
    until?: AbortSignal,
  ): void
}

/** A connection that does nothing until it is started. `baseUrl`: the server's address; empty: that of the page. */
export function createServerConnection(baseUrl = ""): ServerConnection {
  const connection = signal<Known["connection"]>("starting")
  const nowMs = signal<number | null>(null)
  const trouble = signal<Pending["trouble"]>(null)

  const noticing: Fetch = async (url, request) => {
    const isWrite = request.method !== "GET"
    try {
      const answer = await fetch(url, request)
      if (isWrite) trouble.value = isCrowd(answer.status) ? "crowd" : null
      return answer
    } catch (error) {
      if (isWrite) trouble.value = "no_answer"
      throw error
    }
  }
  const client = createClient({ baseUrl, fetch: noticing })

  let begin: (() => void) | null = null
  let watch: { close(): void } | null = null
  let hasReceivedTime = false
  let timer: ReturnType<typeof setTimeout> | undefined
  function tick(): void {
    const now = client.clock.now()
    if (hasReceivedTime || client.clock.marginMs !== null) nowMs.value = now
    clearTimeout(timer)
    // Just after the full second, so that a sale that opens at that second shows as open.
    timer = setTimeout(tick, 1_005 - (now % 1_000))
  }

  return {
    client,
    connection,
    nowMs,
    trouble,
    start(productIds, onProduct, onGone, until) {
      const isFirst = begin === null
      begin = () => {
        watch?.close()
        watch = client.watch(productIds, {
          onProduct(product) {
            // The client has set its clock from this product.
            hasReceivedTime = true
            if (nowMs.value === null) tick()
            onProduct(product)
          },
          onState(state, reason) {
            if (state === "open") connection.value = "live"
            else if (reason instanceof NetworkError || reason instanceof TimeoutError)
              connection.value = "lost"
            else if (reason instanceof ProblemError && reason.code === "product_not_found") onGone?.()
          },
        })
      }
      begin()
      tick()
      if (!isFirst) return
      // Reconnects at once, without waiting for a retry or for the time-out of a dead connection.
      const listening = listeningUntil(until)
      addEventListener("online", () => begin?.(), listening)
      addEventListener("offline", () => (connection.value = "lost"), listening)
      addEventListener("pageshow", (event) => event.persisted && begin?.(), listening)
      addEventListener("pagehide", () => watch?.close(), listening)
      until?.addEventListener("abort", () => {
        watch?.close()
        clearTimeout(timer)
      })
    },
  }
}

/** Calls `look` when the page is shown again, is online again, or another tab has stored something, until the signal. */
export function onReturn(look: () => void, until?: AbortSignal): void {
  const listening = listeningUntil(until)
  addEventListener("pageshow", (event) => event.persisted && look(), listening)
  addEventListener("online", look, listening)
  addEventListener("storage", (event) => isOurStorageEvent(event) && look(), listening)
  document.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "visible" && look(),
    listening,
  )
}

function listeningUntil(until: AbortSignal | undefined): AddEventListenerOptions {
  return until === undefined ? {} : { signal: until }
}

/** True if the outcome of the request is unknown, so that a retry may succeed. */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof ProblemError || error instanceof AnswerError)
    return error.status >= 500 || error.status === 429
  return true
}

/** Where the shop does not show how many units there are, a sale that is open has some. */
function tooFewOf({ available_stock, sale_state, retry_at }: ProblemMembers["out_of_stock"]): Refusal {
  const available = available_stock ?? (sale_state === "open" ? null : 0)
  return available === 0 ? { code: "missed", retryAt: retry_at } : { code: "too_few", available }
}

/**
 * The refusal that the page shows for an error; null: none, because the new state of the sale or order explains it.
 * `product` names the variants.
 */
export function refusalOf(
  error: unknown,
  words: Pick<Words, "variant">,
  product: Product | null = null,
): Refusal | null {
  if (!(error instanceof ProblemError)) return { code: "no_answer" }
  const { problem } = error
  switch (problem.code) {
    case "out_of_stock":
      if (problem.lines !== undefined) {
        const lines = problem.lines.map(({ variant_id, requested, available = null }) => ({
          variantId: variant_id,
          name: variantName(words, product, variant_id),
          requested,
          available,
        }))
        return { code: "lacking", lines, retryAt: problem.retry_at }
      }
      return tooFewOf(problem)
    case "quantity_over_limit":
      return {
        code: "over_limit",
        mostUnits: problem.max_per_hold,
        name: problem.variant_id === undefined ? null : variantName(words, product, problem.variant_id),
      }
    case "variant_disabled":
      return { code: "variant_disabled", name: variantName(words, product, problem.variant_id) }
    case "variant_required":
      return { code: "variant_required" }
    case "customer_required":
      return { code: "customer_required" }
    case "customer_limit_reached":
      return { code: "customer_limit", unitsLeft: problem.units_left }
    case "customer_token_required":
      return { code: problem.needs === "email" ? "mailbox_required" : problem.code }
    case "customer_token_invalid":
      return { code: product?.customer === "email" ? "mailbox_required" : problem.code }
    case "access_required":
      return { code: problem.code, needs: problem.needs, next: problem.next_phase }
    case "access_code_unknown":
      return { code: problem.code, next: problem.next_phase }
    case "access_code_used_up":
      return { code: problem.code, unitsLeft: problem.units_left, next: problem.next_phase }
    case "too_many_open_holds":
      return { code: "too_many_open" }
    case "invalid_request":
      return problem.errors.every(isAboutDetails)
        ? { code: "check_details" }
        : { code: "other", detail: problem.detail }
    case "details_erased":
      return { code: "details_erased" }
    case "overloaded":
    case "rate_limited":
    case "unavailable":
      return { code: "crowd" }
    case "sale_not_open":
    case "sale_paused":
    case "sale_closed":
    case "hold_expired":
    case "hold_released":
    case "order_expired":
    case "order_not_pending":
    case "details_required":
      return null
    default:
      return { code: "other", detail: problem.detail }
  }
}

/** True if the customer token is not valid, or not any more. */
export function isTokenWrong(error: unknown): boolean {
  return error instanceof ProblemError && error.code === "customer_token_invalid"
}

/** The server's reasons for refusing a buyer's details; none: the error is about something else. */
export function detailErrorsIn(error: unknown): readonly FieldError[] {
  if (!(error instanceof ProblemError) || error.problem.code !== "invalid_request") return []
  return error.problem.errors
}

/** Of the errors that a page can cause, those about details alone point to a member of the body. */
function isAboutDetails({ pointer }: FieldError): boolean {
  return pointer.startsWith("/") && pointer !== "/qty"
}

function isCrowd(status: number): boolean {
  return status === 429 || status === 503
}
