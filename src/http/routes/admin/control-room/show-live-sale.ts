import { Type } from "typebox"
import { hasVariants } from "../../../../domain/product.ts"
import { instant, isoTime, isoTimeOrNull } from "../../../../domain/time.ts"
import type { Counted, Totals } from "../../../../metrics/totals.ts"
import { oneOf } from "../../../../wire/fields.ts"
import { productJson } from "../../../../wire/product.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { LiveWire, type LiveJson } from "../../../wire/admin-schemas.ts"
import { parseId } from "../../../wire/ids.ts"
import { badQuery } from "../../../wire/paging.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { courseJson, saleFiguresJson } from "../../../wire/sale-figures.ts"
import { refuse } from "../../../wire/problems.ts"

/** Pages ask once a second. Requests within this time share one answer. */
const SHARED_FOR_MS = 500

/** Registers `GET /api/admin/live`. */
export function registerShowLiveSale(
  admin: App,
  {
    views,
    money,
    readiness,
    events,
    figures,
    courses,
    holdTtlSeconds,
  }: Pick<Services, "views" | "money" | "readiness" | "events" | "figures" | "courses" | "holdTtlSeconds">,
): void {
  // The same for all products. Shared, because the other processes of this port have to be asked for their totals.
  const ofAllProducts = shared(
    () => Promise.all([readiness.totals(), money.countOpen(), readiness.replication()]),
    SHARED_FOR_MS,
  )

  admin.route({
    method: "GET",
    url: "/api/admin/live",
    schema: {
      summary: "Read the state of a running sale",
      description:
        "Returns units, revenue and conversion, granted and refused requests, invariants, expiry lag and the size of the " +
        "money inbox. Meant to be read once a second. The holds of the product are counted from the first request until a minute after the " +
        "last; all other counts cover all products.",
      tags: ["admin"],
      security: needsRole("viewer"),
      querystring: Type.Object({
        product_id: Type.String(),
        include: Type.Optional(
          oneOf(["course"], { description: "`course`: the last quarter of an hour too" }),
        ),
      }),
      response: { 200: LiveWire, ...problemResponses },
    },
    async handler(request, reply) {
      const productId = parseId(request.query.product_id)
      if (productId === null) return refuse(reply, badQuery("product_id", "an id"))
      // Before the totals are read: the request for them tells the other processes which products to count.
      events.saleWatched(productId)
      const [view, lagSeconds, [totals, inboxCount, replication]] = await Promise.all([
        views.product(productId),
        views.expiryLag(productId),
        ofAllProducts(),
      ])
      if (view === null) return refuse(reply, { code: "product_not_found" })
      if (totals === null) return refuse(reply, { code: "overloaded" })
      courses.watch([productId])
      const counted = await figures.of(view.product)
      void reply.header("cache-control", "no-store")
      return {
        product: productJson(view.product, view.serverTime, holdTtlSeconds),
        paused: view.product.paused,
        expiry_lag_seconds: Math.round(lagSeconds * 1_000) / 1_000,
        money_inbox_count: inboxCount,
        ...totalsJson(totals),
        database: { split_brain: totals.isSplit, lost_changes: totals.lostChanges, replication },
        product_holds: copied(totals.watchedHolds.filter((counted) => counted.productId === productId)),
        ...(hasVariants(view.product) && { variant_refusals: refusalsOf(productId, totals) }),
        figures: counted && saleFiguresJson(counted, view.product.currency),
        ...(request.query.include === "course" && { course: courseJson(courses.of(productId)) }),
        server_time: isoTime(view.serverTime),
      }
    },
  })
}

/** Half of the time after which a count is given up, and Redis with it. A Redis near by needs a millisecond. */
const SLOW_FROM_MS = 50

function totalsJson(totals: Totals): Pick<LiveJson, "counters" | "invariants" | "redis"> {
  return {
    counters: {
      since: timeOrNull(totals.sinceMs),
      processes: totals.processes,
      holds: copied(totals.holds),
      orders: copied(totals.orders),
    },
    invariants: { violations: totals.violations, recounted_at: timeOrNull(totals.recountedAtMs) },
    redis: redisJson(totals.redis),
  }
}

function redisJson(redis: Totals["redis"]): LiveJson["redis"] {
  if (redis === null) return null
  const { isUp, sinceMs, slowestMs } = redis
  const state = isUp ? (slowestMs >= SLOW_FROM_MS ? "slow" : "connected") : "away"
  return { state, since: timeOrNull(sinceMs), slowest_count_ms: slowestMs }
}

function refusalsOf(
  productId: number,
  { watchedRefusals }: Totals,
): NonNullable<LiveJson["variant_refusals"]> {
  return watchedRefusals
    .filter((counted) => counted.productId === productId)
    .map(({ variantId, count }) => ({ variant_id: variantId, count }))
}

function timeOrNull(milliseconds: number | null): string | null {
  return isoTimeOrNull(milliseconds === null ? null : instant(milliseconds))
}

function copied(counted: readonly Counted[]): LiveJson["counters"]["holds"] {
  return counted.map(({ result, count }) => ({ result, count }))
}

/** Shares one read between all calls within `milliseconds`. A failed read is dropped, and the next call reads again. */
function shared<Value>(read: () => Promise<Value>, milliseconds: number): () => Promise<Value> {
  let known: { readonly until: number; readonly value: Promise<Value> } | null = null
  return () => {
    if (known !== null && performance.now() < known.until) return known.value
    const value = read()
    known = { until: performance.now() + milliseconds, value }
    value.catch(() => (known = null))
    return value
  }
}
