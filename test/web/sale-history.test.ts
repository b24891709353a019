import { expect, test } from "vitest"
import type { Live } from "../../client/src/admin.ts"
import type { ShopVariant } from "../../client/src/index.ts"
import { emptyHistory, withLive } from "../../web/admin/sale-history.ts"
import { lamp, variant } from "./product.ts"

function liveAt(second: number, variants: readonly ShopVariant[]): Live {
  return {
    product: { ...lamp, variants },
    paused: false,
    expiry_lag_seconds: 0,
    money_inbox_count: 0,
    counters: { since: null, processes: 1, holds: [], orders: [] },
    product_holds: [],
    invariants: { violations: 0, recounted_at: null },
    server_time: `2026-11-27T12:00:0${second}.000Z`,
  }
}

test("the events of a sale name a variant once when it is sold out, and not one that was so before or is new", () => {
  const gone = { sale_state: "sold_out" } as const
  const answers = [
    liveAt(1, [variant(1, "41"), variant(2, "42", gone)]),
    liveAt(2, [variant(1, "41", gone), variant(2, "42", gone), variant(3, "43", gone)]),
    liveAt(3, [variant(1, "41", gone), variant(2, "42", gone), variant(3, "43", gone)]),
  ]
  const { events } = answers.reduce(withLive, emptyHistory)
  expect(events.map(({ text }) => text)).toEqual(["41 is sold out"])
})
