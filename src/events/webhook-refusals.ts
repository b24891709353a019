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

/** Unsigned webhooks can come from anywhere, so they must not fill the log. */
const PAUSE_MS = 100

/**
 * Returns a function that logs refused webhooks, at most ten lines a second: the first at once, then one line for all
 * that arrived during the pause, with their number.
 */
export function createRefusalLog(log: Logger): (refusal: WebhookRefusal) => void {
  let unreported = 0
  let latest: WebhookRefusal | null = null
  let pause: NodeJS.Timeout | null = null

  function report(): void {
    pause = null
    if (unreported === 0 || latest === null) return
    const { webhookId, requestId, ...refusal } = latest
    const fields = {
      ...refusal,
      webhook_id: webhookId,
      request_id: requestId,
      refused_since_last: unreported,
    }
    log.warn({ metric: "webhook.refused", ...fields }, "Payment webhook refused.")
    unreported = 0
    pause = setTimeout(report, PAUSE_MS)
  }

  return (refusal) => {
    unreported += 1
    latest = refusal
    if (pause === null) report()
  }
}
