import Fastify from "fastify"
import { readFile } from "node:fs/promises"
import { expect, expectTypeOf, test } from "vitest"
import {
  isProblem,
  ProblemError,
  type LackingLine,
  type ProblemCode,
  type ProblemMembers,
  type ProblemOf,
} from "../../client/src/problems.ts"
import { instant } from "../../src/domain/time.ts"
import { problems, refuse, type AnyRefusal } from "../../src/http/wire/problems.ts"
import { itNotices, noDifference, wireSchemas } from "./wire-types.ts"

/** The parts of openapi.json that are used. */
interface Operation {
  readonly requestBody?: { readonly content: Content }
  readonly responses: Record<string, { readonly content?: Content }>
}
type Content = Record<string, { readonly schema: { readonly anyOf?: readonly object[] } }>

/** Routes without a call: see calls.test.ts. */
const notCalled =
  /^\/api\/(?:payments|holds\/\{productId\}|orders\/\{holdId\})|^\/(?:livez|metrics|readyz)|^\/api\/stream/

test("the compiler compares every type and finds differences", () => {
  expect(noDifference).toBe(true)
  expect(itNotices).toEqual([true, false, false, false, false, false])
})

test("the bodies of all called routes are compared", async () => {
  const text = await readFile(new URL("../../openapi.json", import.meta.url), "utf8")
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> }
  const compared = new Set(Object.values(wireSchemas).map((schema) => canonical(schema)))
  const bodies = Object.entries(paths)
    .filter(([path]) => !notCalled.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        bodiesOf(operation).map((schema) => ({ route: `${method} ${path}`, text: canonical(schema) })),
      ),
    )

  expect(bodies.length).toBeGreaterThan(40)
  expect(bodies.filter(({ text }) => !compared.has(text))).toEqual([])
})

/** The schema of a body that may be null, without null. */
function bodiesOf({ requestBody, responses }: Operation): object[] {
  const good = Object.entries(responses).filter(([status]) => status.startsWith("2"))
  return [requestBody?.content, ...good.map(([, { content }]) => content)]
    .flatMap((content) => content?.["application/json"]?.schema ?? [])
    .map((schema) => schema.anyOf?.[0] ?? schema)
}

/** A copy with sorted members. */
function canonical(schema: unknown): string {
  return JSON.stringify(schema, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

/** The members of each code beyond the common ones; the compiler finds codes that are missing here. */
const members = {
  out_of_stock: { sale_state: 1, available_stock: 1, retry_at: 1, lines: 1 },
  sale_not_open: { opens_at: 1 },
  sale_closed: { closes_at: 1 },
  hold_already_used: { order_id: 1 },
  quantity_over_limit: { max_per_hold: 1, variant_id: 1 },
  variant_not_found: { variant_id: 1 },
  variant_disabled: { variant_id: 1 },
  product_in_use: { reserved_stock: 1, sold_stock: 1 },
  too_many_variants: { most_variants: 1 },
  stock_over_limit: { most_stock: 1 },
  customer_limit_reached: { units_left: 1 },
  access_required: { needs: 1, next_phase: 1 },
  access_code_unknown: { next_phase: 1 },
  access_code_used_up: { units_left: 1, next_phase: 1 },
  access_code_not_found: {},
  invalid_request: { errors: 1 },
  stock_changed: { stock: 1 },
  stock_in_use: { reserved_stock: 1, sold_stock: 1 },
  payment_disputed: { refundable_minor: 1 },
  refund_over_payment: { refundable_minor: 1 },
  restock_over_order: { restockable_qty: 1 },
  too_many_endpoints: { most_endpoints: 1 },
  too_many_operators: { most_operators: 1 },
  role_required: { role: 1 },
  malformed_request: {},
  unauthorized: {},
  invalid_signature: {},
  forbidden: {},
  product_not_found: {},
  hold_not_found: {},
  order_not_found: {},
  refund_not_found: {},
  dispute_not_found: {},
  payment_event_not_found: {},
  webhook_endpoint_not_found: {},
  mail_not_found: {},
  operator_not_found: {},
  operator_disabled: {},
  operator_enabled: {},
  operator_name_used: {},
  webhook_delivery_not_found: {},
  route_not_found: {},
  sale_paused: {},
  hold_released: {},
  hold_expired: {},
  details_erased: {},
  details_required: { missing_details: 1 },
  customer_token_invalid: { because: 1 },
  customer_token_required: { needs: 1 },
  mail_code_invalid: {},
  mail_codes_off: {},
  challenge_failed: {},
  too_many_open_holds: { because: 1, units_left: 1, retry_at: 1 },
  order_not_pending: {},
  order_expired: {},
  order_not_paid: {},
  refund_not_open: {},
  body_too_large: {},
  unsupported_media_type: {},
  shop_changed: {},
  content_changed: {},
  customer_required: {},
  variant_required: {},
  restock_lines_required: {},
  idempotency_key_reused: {},
  payment_refused: {},
  provider_unavailable: {},
  rate_limited: {},
  internal_error: {},
  overloaded: {},
  unavailable: {},
} as const satisfies {
  [Code in ProblemCode]: Code extends keyof ProblemMembers ? Record<keyof ProblemMembers[Code], 1> : object
}

const moment = instant(0)

/** All members that a refusal may have. */
const carried = {
  saleState: "all_held",
  availableStock: 1,
  retryAt: moment,
  opensAt: moment,
  closedAt: moment,
  orderId: 1,
  lines: [{ variantId: 1, requested: 2, available: 1 }],
  maxPerHold: 1,
  variantId: 1,
  mostVariants: 1,
  mostStock: 1,
  unitsLeft: 1,
  because: "unpaid",
  needs: "email",
  nextPhase: { from: moment, needs: "codes" },
  errors: [],
  missing: [],
  stock: 1,
  held: 1,
  sold: 1,
  refundableMinor: 1,
  restockableQty: 1,
  mostEndpoints: 1,
  mostOperators: 1,
  role: "owner",
}

/** One refusal of each code. */
const refusals = Object.keys(problems).map(
  (code) => Object.assign({ code }, carried) as unknown as AnyRefusal,
)

test.each(refusals.map((refusal) => [refusal.code, refusal] as const))(
  "the refusal %s arrives as the client describes it",
  async (code, refusal) => {
    const document: unknown = JSON.parse(await documentOf(refusal))
    if (!isProblem(document)) throw new Error("it is no problem document")
    const common = ["type", "title", "status", "detail", "instance", "code", "request_id"]

    const wireCode = problems[code].code ?? code
    expect(Object.entries(members).map(([known]) => known)).toContain(document.code)
    expect(Object.keys(document).sort()).toEqual([...common, ...Object.keys(members[document.code])].sort())
    expect(new ProblemError(document, null)).toMatchObject({ code: wireCode, status: problems[code].status })
  },
)

test("the lines that lack units arrive as the client describes them", async () => {
  const refusal: AnyRefusal = { ...carried, code: "out_of_stock", saleState: "open" }
  const { lines } = JSON.parse(await documentOf(refusal)) as ProblemOf<"out_of_stock">

  expect(lines).toEqual([{ variant_id: 1, requested: 2, available: 1 } satisfies LackingLine])
})

test("the client has no code that the server does not send", () => {
  const sent = new Set(refusals.map(({ code }) => problems[code].code ?? code))

  expect(Object.keys(members).filter((code) => !sent.has(code))).toEqual([])
})

/** The problem document that the server writes for a refusal. */
async function documentOf(refusal: AnyRefusal): Promise<string> {
  const server = Fastify()
  server.get("/api/holds", (_request, reply) => refuse(reply, refusal))
  return (await server.inject("/api/holds?a=1")).body
}

test("a switch over the code narrows the error", () => {
  function advise(error: unknown): string | number | null {
    if (!(error instanceof ProblemError)) return "?"
    const { problem } = error
    expectTypeOf(problem.code).toEqualTypeOf<ProblemCode>()
    switch (problem.code) {
      case "out_of_stock":
        expectTypeOf(problem.retry_at).toEqualTypeOf<string | null>()
        return problem.retry_at
      case "customer_limit_reached":
        return problem.units_left
      case "invalid_request":
        return problem.errors[0]?.pointer ?? ""
      default:
        return problem.detail
    }
  }
  const problem = { type: "", title: "", status: 409, detail: "d", instance: "", request_id: "" }
  const soldOut = {
    sale_state: "all_held",
    available_stock: 0,
    retry_at: "2026-11-27T12:00:00.000Z",
  } as const
  const errors = [
    new ProblemError({ ...problem, code: "out_of_stock", ...soldOut }, null),
    new ProblemError({ ...problem, code: "customer_limit_reached", units_left: 1 }, null),
    new ProblemError(
      { ...problem, code: "invalid_request", errors: [{ pointer: "/qty", detail: "" }] },
      null,
    ),
    new ProblemError({ ...problem, code: "sale_paused" }, 1_000),
    new Error("another"),
  ]

  expect(errors.map(advise)).toEqual([soldOut.retry_at, 1, "/qty", "d", "?"])
  expect(errors[0]).toMatchObject({ name: "ProblemError", message: "409 out_of_stock: d" })
})
