import { Type } from "typebox"
import { instant, isoTime, isoTimeOrNull } from "../../../domain/time.ts"
import type { Counted, Totals } from "../../../metrics/totals.ts"
import { admitAdminsOnly, adminSecurity } from "../../access/admin-area.ts"
import { LiveWire, type LiveAnswer } from "../../wire/admin-schemas.ts"
import { badQuery } from "../../wire/paging.ts"
import { refuse } from "../../wire/problems.ts"
import { idFromPath } from "../../access/requests.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App, Services } from "../../services.ts"
import { productJson } from "../../../wire/product.ts"

/** Pages ask once a second; those who look at the same moment share one answer. */
const SHARED_FOR_MS = 500

/** A running sale at a glance, for somebody who looks once a second. */
export function adminLiveRoutes(app: App, services: Services): void {
  const { views, money, readiness, events, holdTtlSeconds } = services
  // What is the same whichever product is looked at; several processes have to be asked for it.
  const common = shared(() => Promise.all([readiness.totals(), money.countOpen()]), SHARED_FOR_MS)

  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)

    admin.route({
      method: "GET",
      url: "/api/admin/live",
      schema: {
        summary: "Read the state of a running sale",
        description:
          "The answer has the units of a product, granted and refused requests, invariants, the expiry lag and the " +
          "money inbox. Meant to be read once a second. Holds of the product are counted while it is read and for a " +
          "minute afterwards; all other counts cover all products.",
        tags: ["admin"],
        security: adminSecurity,
        querystring: Type.Object({ product_id: Type.String() }),
        response: { 200: LiveWire, ...problemResponses },
      },
      async handler(request, reply) {
        const productId = idFromPath(request.query.product_id)
        if (productId === null) return refuse(reply, badQuery("product_id", "an id"))
        // First, so that other processes hear of it with this look.
        events.saleWatched(productId)
        const [view, lagSeconds, [totals, inboxCount]] = await Promise.all([
          views.product(productId),
          views.expiryLag(productId),
          common(),
        ])
        if (view === null) return refuse(reply, { code: "product_not_found" })
        if (totals === null) return refuse(reply, { code: "overloaded" })
        void reply.header("cache-control", "no-store")
        return {
          product: productJson(view.product, view.serverTime, holdTtlSeconds),
          paused: view.product.paused,
          expiry_lag_seconds: Math.round(lagSeconds * 1_000) / 1_000,
          money_inbox_count: inboxCount,
          ...totalsAnswer(totals),
          product_holds: copied(totals.watchedHolds.filter((counted) => counted.productId === productId)),
          server_time: isoTime(view.serverTime),
        }
      },
    })
  })
}

function totalsAnswer(totals: Totals): Pick<LiveAnswer, "counters" | "invariants"> {
  return {
    counters: {
      since: momentOrNull(totals.sinceMs),
      processes: totals.processes,
      holds: copied(totals.holds),
      orders: copied(totals.orders),
    },
    invariants: { violations: totals.violations, recounted_at: momentOrNull(totals.recountedAtMs) },
  }
}

function momentOrNull(milliseconds: number | null): string | null {
  return isoTimeOrNull(milliseconds === null ? null : instant(milliseconds))
}

function copied(counted: readonly Counted[]): LiveAnswer["counters"]["holds"] {
  return counted.map(({ result, count }) => ({ result, count }))
}

/** Reads once for all who ask within `milliseconds`. A failed read is not shared any further. */
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
