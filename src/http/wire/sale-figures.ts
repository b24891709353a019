import { Type, type Static } from "typebox"
import { isoTime } from "../../domain/time.ts"
import { Time } from "../../wire/fields.ts"
import { ProductWire } from "../../wire/product.ts"
import type { CourseSample } from "../../store/reads/sale-courses.ts"
import type { Revenue, SaleFigures } from "../../store/reads/sale-figures.ts"

/** The revenue of a sale and its course, as the live screen reads them. */

const RevenueWire = Type.Object({
  currency: Type.String(),
  paid_orders: Type.Integer(),
  gross_minor: Type.Integer({
    description: "Totals of all orders that were paid, those refunded since included",
  }),
  refunded_minor: Type.Integer({
    description:
      "The part of the gross amount that goes or went back. Money above an order's total is in neither",
  }),
  disputed_minor: Type.Integer({
    description: "The part of it that banks hold or have taken because of disputes",
  }),
})

export const SaleFiguresWire = Type.Object({
  holds: Type.Object({
    count: Type.Integer(),
    units: Type.Integer(),
    complete: Type.Boolean({
      description:
        "False: holds that ended without an order may have been removed since (`HOLD_RETENTION_DAYS`), so more were made",
    }),
  }),
  orders: Type.Object({ count: Type.Integer(), units: Type.Integer() }),
  paid: Type.Object(
    { count: Type.Integer(), units: Type.Integer() },
    { description: "Orders that were paid, those refunded since included" },
  ),
  revenue: Type.Array(RevenueWire, {
    description:
      "By currency: first the product's, then those of other paid orders, from before its currency was changed",
  }),
  counted_at: Time,
})

export const CourseWire = Type.Array(
  Type.Object({
    at: Time,
    available_stock: Type.Integer(),
    reserved_stock: Type.Integer(),
    sold_stock: Type.Integer(),
    sale_state: ProductWire.properties.sale_state,
  }),
  {
    description:
      "Only with `include=course`: the units of the last quarter of an hour, a sample a second, as far as a live screen has shown the product to the processes of this port. Kept in memory: a restart ends it.",
  },
)

/** The JSON of the figures of a product that is sold in `currency`. */
export function saleFiguresJson(figures: SaleFigures, currency: string): Static<typeof SaleFiguresWire> {
  const nothing = { currency, paidOrders: 0, grossMinor: 0, refundedMinor: 0, disputedMinor: 0 }
  const own = figures.revenue.find((one) => one.currency === currency) ?? nothing
  return {
    holds: { count: figures.holds.count, units: figures.holds.units, complete: figures.hasAllHolds },
    orders: { count: figures.orders.count, units: figures.orders.units },
    paid: { count: figures.paid.count, units: figures.paid.units },
    revenue: [own, ...figures.revenue.filter((one) => one.currency !== currency)].map(revenueJson),
    counted_at: isoTime(figures.countedAt),
  }
}

function revenueJson(revenue: Revenue): Static<typeof RevenueWire> {
  return {
    currency: revenue.currency,
    paid_orders: revenue.paidOrders,
    gross_minor: revenue.grossMinor,
    refunded_minor: revenue.refundedMinor,
    disputed_minor: revenue.disputedMinor,
  }
}

/** The JSON of a course. */
export function courseJson(samples: readonly CourseSample[]): Static<typeof CourseWire> {
  return samples.map(({ at, available, held, sold, state }) => ({
    at: isoTime(at),
    available_stock: available,
    reserved_stock: held,
    sold_stock: sold,
    sale_state: state,
  }))
}
