import fc from "fast-check"
import type { Operation } from "./description.ts"
import { fitting, hostileTexts, knownAs, nearlyFitting, odd, type Known } from "./values.ts"

/** A generated request. Its {@link Known} parts are filled in when it is sent. */
export interface Draft {
  readonly operation: Operation
  /** The body. A text is sent unchanged, `undefined` means no body. */
  readonly body: { readonly json: unknown } | { readonly text: string } | undefined
  /** Path parameters, already percent-encoded. */
  readonly parameters: Readonly<Record<string, Known | string>>
  readonly query: readonly (readonly [name: string, value: Known | string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly caller: Caller
  /** False: a webhook without a valid signature. */
  readonly signed: boolean
}

/** The caller: `owner` has the token of the hold or order that the request is about. */
export type Caller = "admin" | "owner" | "foreigner" | "nobody" | { readonly authorization: string }

/** Parameters of paths that are words and not ids. */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  provider: ["simulator", "stripe", "generic"],
  country: ["CH", "GB", "JP"],
}

/** The kind of id that the `{id}` of a path is. */
function nameOf(parameter: string, path: string): string {
  if (parameter !== "id")
    return { productId: "product_id", variantId: "variant_id", holdId: "hold_id" }[parameter] ?? parameter
  const noun = path.replace("/api/admin/", "/api/").split("/")[2]
  return (
    { products: "product_id", holds: "hold_id", orders: "order_id", refunds: "refund_id" }[noun ?? ""] ??
    "endpoint_id"
  )
}

const oddSegments = fc.oneof(
  fc.constantFrom(
    "0",
    "-1",
    "1.5",
    "1e3",
    "01",
    "+1",
    "abc",
    "null",
    "__proto__",
    "constructor",
    "*",
    "1,2",
    "1;a=b",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775808",
    "1".repeat(300),
    "%00",
    "1%00",
    "%201",
    "%0a1",
    "..%2f1",
    "1%2fstock",
    "%EF%BC%91",
    "%ff",
    "%zz",
    "%",
    "%ED%A0%80",
    "1-1",
    "1-0",
    "0-1",
    "1-9999999999999999",
    "x".repeat(201),
    "'or'1'='1",
  ),
  fc.webSegment({ size: "small" }).filter((text) => !/^\.*$/.test(text)),
)

const oddQueryValues = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1.5",
    "101",
    "abc",
    "%00",
    "9007199254740992",
    "%ff",
    "%",
    "%ED%A0%80",
    "a%00b",
    "1,2",
    "1,,2",
    "W10",
    "WyJhIl0",
    "WzEsMl0",
    "bnVsbA",
    "WyJzaW11bGF0b3IiLCJcdTAwMDAiXQ",
    "x".repeat(600),
    "paid%0a",
  ),
  fc.webQueryParameters({ size: "small" }).map((text) => text.replace(/[&=#]/g, "")),
)

/** Text that PostgreSQL cannot store. */
const unstorable = fc.constantFrom("%00", "a%00b", "%ED%A0%80", "%ff")

const queryValues: Readonly<Record<string, readonly string[]>> = {
  limit: ["1", "2", "100"],
  status: ["active", "converted", "expired", "released", "pending_payment", "paid", "due", "failed"],
  outcome: ["paid", "cancelled", "ignored_final", "refund_due", "parked"],
  allocation: ["order", "refund_due"],
  provider: ["generic", "simulator"],
  customer_id: ["anna", "%C3%85ngstr%C3%B6m"],
}

function queryOf(operation: Operation, isOdd: boolean): fc.Arbitrary<Draft["query"]> {
  const { queryNames: names, requiredQuery } = operation
  if (names.length === 0) return fc.constant([])
  const parameterOf = (name: string) => {
    const values = queryValues[name]
    const usual: fc.Arbitrary<Known | string> =
      values === undefined ? knownAs(name === "cursor" ? "next_cursor" : name) : fc.constantFrom(...values)
    return fc.tuple(fc.constant(name), isOdd ? fc.oneof(usual, oddQueryValues, unstorable) : usual)
  }
  if (requiredQuery.length > 0 && !isOdd) return fc.tuple(...requiredQuery.map(parameterOf))
  const parameter = fc.constantFrom(...names).chain(parameterOf)
  const some = fc.array(parameter, { minLength: 1, maxLength: 3, size: "max" })
  const strange = fc.tuple(fc.constantFrom("limit", "x", "__proto__", "limit[]"), oddQueryValues)
  return isOdd ? fc.oneof({ weight: 5, arbitrary: some }, fc.tuple(strange)) : fc.oneof(fc.constant([]), some)
}

const keys = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Record<string, string>>({}) },
  {
    weight: 4,
    arbitrary: fc.constantFrom("one", '"one"', "two").map((key) => ({ "idempotency-key": key })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("", '""', '"', "x".repeat(256), "cl\u00e9", "a\tb", "{}", "a, b")
      .map((key) => ({ "idempotency-key": key })),
  },
)

const oddHeaders = fc.constantFrom<Record<string, string>>(
  {},
  { "x-request-id": "mine-1" },
  { "x-request-id": "\u00e9 \u00e9" },
  { "x-request-id": "x".repeat(300) },
  { accept: "text/html" },
  { accept: "" },
  { "accept-encoding": "gzip, br" },
  { "if-none-match": "*" },
  { "if-none-match": '"0"' },
  { "cache-control": "no-cache" },
  { "x-forwarded-for": "1.2.3.4" },
  { origin: "https://elsewhere.invalid" },
  { origin: "null" },
  { "sec-fetch-site": "cross-site" },
  { "webhook-id": "one" },
  { "webhook-id": "\u0001".replace("\u0001", "\u00ff") },
  { cookie: "a=b; a=c" },
  { range: "bytes=0-1" },
  { "x-http-method-override": "DELETE" },
)

const oddTypes = fc.constantFrom(
  "text/plain",
  "application/json; charset=utf-16",
  "application/json;;",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "application/problem+json",
  "APPLICATION/JSON",
  "json",
  "",
)

const callers = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Caller>("owner") },
  { weight: 3, arbitrary: fc.constant<Caller>("admin") },
  { weight: 1, arbitrary: fc.constantFrom<Caller>("foreigner", "nobody") },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "bearer dbt1.1.1.1.x",
        "Basic YTpi",
        "Bearer dbt1.1.1",
        "Bearer dbt1.-1.1.1.x",
        `Bearer ${"x".repeat(7_000)}`,
        "Bearer \u00e9",
        "Bearer a b",
      )
      .map((authorization): Caller => ({ authorization })),
  },
)

/** Generates a request that matches the description. */
function fittingDraft(operation: Operation): fc.Arbitrary<Draft> {
  return draftWith(operation, { body: bodyOf(operation) })
}

function bodyOf({ body }: Operation): fc.Arbitrary<Draft["body"]> {
  return body === null ? fc.constant(undefined) : fitting(body).map((json) => ({ json }))
}

interface Oddities {
  readonly body: fc.Arbitrary<Draft["body"]>
  readonly headers?: fc.Arbitrary<Record<string, string>>
  readonly segments?: fc.Arbitrary<string>
  readonly oddQuery?: boolean
}

function draftWith(
  operation: Operation,
  { body, headers = fc.constant({}), segments, oddQuery = false }: Oddities,
): fc.Arbitrary<Draft> {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")
  const parameter = (name: string): fc.Arbitrary<Known | string> => {
    const usual =
      wordsOf[name] === undefined ? knownAs(nameOf(name, operation.path)) : fc.constantFrom(...wordsOf[name])
    return segments === undefined ? usual : fc.oneof(usual, segments)
  }
  const isAdmins = operation.path.startsWith("/api/admin/")
  return fc.record({
    operation: fc.constant(operation),
    body,
    parameters: fc.record(Object.fromEntries(names.map((name) => [name, parameter(name)]))),
    query: queryOf(operation, oddQuery),
    headers: fc.tuple(keys, headers).map(([key, more]) => Object.assign({}, key, more)),
    caller: isAdmins ? fc.oneof({ weight: 9, arbitrary: fc.constant<Caller>("admin") }, callers) : callers,
    signed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  })
}

/** Generates a request with one or more errors. */
function oddDraft(operation: Operation): fc.Arbitrary<Draft> {
  const { body } = operation
  const near: fc.Arbitrary<Draft["body"]> =
    body === null ? odd.map((json) => ({ json })) : nearlyFitting(body).map((json) => ({ json }))
  const far: fc.Arbitrary<Draft["body"]> = fc.oneof(
    hostileTexts.map((text) => ({ text })),
    odd.map((json) => ({ json })),
    fc.constant(undefined),
  )
  const types = oddTypes.map((type) => ({ "content-type": type }))
  const usual = bodyOf(operation)
  const oddWith = (oddities: Oddities) => draftWith(operation, { oddQuery: true, ...oddities })
  return fc.oneof(
    { weight: 4, arbitrary: oddWith({ body: near }) },
    { weight: 2, arbitrary: oddWith({ body: far, headers: oddHeaders }) },
    { weight: 2, arbitrary: oddWith({ body: usual, headers: oddHeaders }) },
    { weight: 1, arbitrary: oddWith({ body: usual, headers: types }) },
    { weight: 2, arbitrary: oddWith({ body: usual, headers: oddHeaders, segments: oddSegments }) },
  )
}

/** Generates a walk: whole purchases, single valid requests and invalid ones. */
export function walks(operations: readonly Operation[]): fc.Arbitrary<readonly Draft[]> {
  const named = (name: string): Operation => {
    const operation = operations.find((one) => one.name === name)
    if (operation === undefined) throw new Error(`the API has no ${name}`)
    return operation
  }
  const journey = (...names: readonly string[]) =>
    fc.tuple(...names.map((name) => fittingDraft(named(name)).map(newest)))
  const [hold, order] = ["POST /api/holds", "POST /api/orders"]
  const [pay, refund] = ["POST /api/payments/webhook", "POST /api/admin/orders/{id}/refunds"]
  const fittingOne = fc.oneof(...operations.map((operation) => fittingDraft(operation).map(alone)))
  const lists = operations.filter(({ queryNames }) => queryNames.length > 2)
  const oddList = fc.oneof(
    ...lists.map((operation) =>
      draftWith(operation, { body: fc.constant(undefined), oddQuery: true }).map(alone),
    ),
  )
  const oddOne = fc.oneof(...operations.map((operation) => oddDraft(operation).map(alone)))
  const step: fc.Arbitrary<readonly Draft[]> = fc.oneof(
    { weight: 12, arbitrary: fittingOne },
    { weight: 12, arbitrary: oddOne },
    { weight: 3, arbitrary: oddList },
    { weight: 2, arbitrary: journey(hold, order, pay, refund, "POST /api/admin/refunds/{id}/confirm") },
    { weight: 2, arbitrary: journey(hold, order, "POST /api/orders/{id}/payment-attempts", pay, pay) },
    { weight: 1, arbitrary: journey(hold, order, "POST /api/orders/{id}/cancel", pay) },
    { weight: 1, arbitrary: journey(hold, order, "POST /api/admin/orders/{id}/cancel", pay) },
    { weight: 1, arbitrary: journey(hold, "DELETE /api/holds/{id}", order) },
    { weight: 1, arbitrary: journey(hold, "POST /api/admin/holds/{id}/release", order) },
    { weight: 1, arbitrary: journey(hold, pay, order, pay) },
    { weight: 1, arbitrary: journey(hold, "POST /api/orders/{holdId}/{productId}", pay) },
    { weight: 1, arbitrary: journey(pay, "GET /api/admin/money", "POST /api/admin/money/returned") },
    { weight: 1, arbitrary: journey(pay, hold, order, "POST /api/admin/money/assign") },
    {
      weight: 1,
      arbitrary: journey(
        "POST /api/admin/webhooks",
        hold,
        order,
        "GET /api/admin/webhooks/{id}/deliveries",
        "POST /api/admin/webhooks/{id}/deliveries/{webhookId}/replay",
        "POST /api/admin/webhooks/{id}/replay",
      ),
    },
  )
  const beginning = fittingDraft(named("POST /api/admin/products")).map(plainly)
  const shoe = fittingDraft(named("POST /api/admin/products")).map((draft) => adminWith(draft, SHOE))
  const variants = "/api/admin/products/{id}/variants"
  const inTurn = (...drafts: readonly fc.Arbitrary<Draft>[]) => fc.tuple(...drafts)
  const next = (name: string) => fittingDraft(named(name)).map(newest)
  const ofVariants: fc.Arbitrary<readonly Draft[]> = fc.oneof(
    inTurn(shoe, next(hold).map(withBody(ONE_VARIANT)), next(order), next(pay), next(refund)),
    inTurn(
      shoe,
      next(hold).map(withBody(BASKET)),
      next(order),
      next(pay),
      fittingDraft(named(refund)).map((draft) => adminWith(draft, RESTOCK)),
    ),
    inTurn(
      shoe,
      next(`POST ${variants}`),
      next(`PATCH ${variants}/{variantId}`),
      next(`POST ${variants}/{variantId}/stock`),
      next(hold).map(withBody(ONE_VARIANT)),
    ),
  )
  return fc
    .tuple(
      beginning,
      fc.array(fc.oneof({ weight: 12, arbitrary: step }, ofVariants), {
        minLength: 5,
        maxLength: 30,
        size: "max",
      }),
    )
    .map(([first, steps]) => [first].concat(steps.flat()))
}

function alone(draft: Draft): readonly Draft[] {
  return [draft]
}

/** The same request with the most recent ids and sufficient access, so that a purchase proceeds. */
function newest(draft: Draft): Draft {
  return { ...draft, caller: draft.caller === "admin" ? "admin" : "owner", signed: true, headers: {} }
}

/** A product that can be bought. */
function plainly(draft: Draft): Draft {
  return adminWith(draft, { name: "Lamp", price_minor: 9_999, currency: "EUR", stock: 20 })
}

function adminWith(draft: Draft, json: unknown): Draft {
  return { ...newest(draft), caller: "admin", body: { json } }
}

function withBody(json: unknown): (draft: Draft) => Draft {
  return (draft) => ({ ...draft, body: { json } })
}

const NEWEST = { known: "product_id", pick: 0 }
const nthVariant = (pick: number) => ({ known: "variant_id", pick })
const SHOE = {
  name: "Shoe",
  price_minor: 12_900,
  currency: "EUR",
  variants: [
    { name: "41", stock: 5 },
    { name: "42", stock: 20, price_minor: 13_900 },
  ],
}
const ONE_VARIANT = { product_id: NEWEST, variant_id: nthVariant(0), qty: 1 }
const BASKET = {
  product_id: NEWEST,
  lines: [
    { variant_id: nthVariant(0), qty: 1 },
    { variant_id: nthVariant(1), qty: 1 },
  ],
}
const RESTOCK = { amount_minor: 0, restock_lines: [{ variant_id: nthVariant(0), qty: 1 }] }
