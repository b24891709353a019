import type { Logger } from "pino"

/** A payment webhook that was refused. */
export interface WebhookRefusal {
  readonly provider: string
  readonly status: number
  /** The problem's code and detail. */
  readonly reason: string | undefined
  readonly webhookId: string | undefined
  /** The path, where it names no webhook route. */
  readonly path?: string
  readonly requestId: string
}

/** A hold whose customer token is not valid. */
export interface CustomerTokenRefusal {
  readonly because: string
  readonly productId: number
  readonly requestId: string
}

/** Refused requests can come from anywhere, so they must not fill the log. */
const PAUSE_MS = 100

/** Logs refused webhooks, at most ten lines a second. */
export function createWebhookRefusalLog(log: Logger): (refusal: WebhookRefusal) => void {
  return createRefusalLog(({ webhookId, requestId, ...refusal }, count) => {
    const fields = { ...refusal, webhook_id: webhookId, request_id: requestId, refused_since_last: count }
    log.warn({ metric: "webhook.refused", ...fields }, "Payment webhook refused.")
  })
}

/** Logs customer tokens that are not valid, at most ten lines a second. */
export function createTokenRefusalLog(log: Logger): (refusal: CustomerTokenRefusal) => void {
  return createRefusalLog(({ because, productId, requestId }, count) => {
    const fields = { because, product_id: productId, request_id: requestId, refused_since_last: count }
    log.warn({ metric: "customer.token_refused", ...fields }, "Customer token refused.")
  })
}

/**
 * Returns a function that writes the first refusal at once, then one line for all that arrived during the pause, with their
 * number.
 */
function createRefusalLog<Refused>(
  write: (refusal: Refused, count: number) => void,
): (refusal: Refused) => void {
  let unreported = 0
  let latest: Refused | null = null
  let pause: NodeJS.Timeout | null = null

  function report(): void {
    pause = null
    if (unreported === 0 || latest === null) return
    write(latest, unreported)
    unreported = 0
    pause = setTimeout(report, PAUSE_MS)
  }

  return (refusal) => {
    unreported += 1
    latest = refusal
    if (pause === null) report()
  }
}
