import type { TestApp } from "./app.ts"

/** Buyers who send the next hold request as soon as the last one is answered. */
export interface EndlessCrowd {
  /** The ids of granted holds, in order. */
  readonly acknowledged: readonly number[]
  readonly refused: readonly { status: number; code: string; retryAfter: string | undefined }[]
  /** The longest time between two granted holds so far. */
  longestPauseMs(): number
  /** Resolves after the first response with which `isTrue` returns true. */
  until(isTrue: () => boolean): Promise<void>
  stop(): Promise<void>
  /** The given holds that the server cannot find. */
  missing(holdIds: readonly number[]): Promise<number[]>
}

/** Starts a crowd of forty buyers. */
export function startEndlessCrowd(app: TestApp, productId: number): EndlessCrowd {
  const acknowledged: number[] = []
  const refused: { status: number; code: string; retryAfter: string | undefined }[] = []
  let stopped = false
  let lastAt = performance.now()
  let longestPauseMs = 0
  const checks: { isTrue: () => boolean; resolve: () => void }[] = []

  async function buy(): Promise<void> {
    while (!stopped) {
      const { status, body, headers } = await app.post("/api/holds", { product_id: productId, qty: 1 })
      if (status === 201) {
        acknowledged.push(body.hold_id)
        longestPauseMs = Math.max(longestPauseMs, performance.now() - lastAt)
        lastAt = performance.now()
      } else refused.push({ status, code: body.code, retryAfter: headers["retry-after"] })
      for (const check of checks) if (check.isTrue()) check.resolve()
    }
  }
  const buyers = Promise.all(Array.from({ length: 40 }, buy))
  return {
    acknowledged,
    refused,
    longestPauseMs: () => longestPauseMs,
    until: (isTrue) => new Promise<void>((resolve) => void checks.push({ isTrue, resolve })),
    async stop() {
      stopped = true
      await buyers
    },
    async missing(holdIds) {
      const absent: number[] = []
      for (let start = 0; start < holdIds.length; start += 100) {
        const ids = holdIds.slice(start, start + 100)
        const found = await Promise.all(ids.map((id) => app.get(`/api/holds/${id}`)))
        absent.push(...ids.filter((_, index) => found[index]?.body.qty !== 1))
      }
      return absent
    },
  }
}
