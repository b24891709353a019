import { timingSafeEqual } from "node:crypto"
import { Check } from "typebox/value"
import { showPayPage, submitPayForm, type PayFormOptions } from "./pay-form.ts"
import type { Plan } from "./plan.ts"
import type { SimulatedPayment } from "./records.ts"
import { refusals, type Refusal } from "./refusals.ts"
import {
  jsonResponse,
  localUrl,
  readBody,
  RequestRefused,
  type SimulatorRequest,
  type SimulatorResponse,
} from "./requests.ts"
import type { DeliveryCounts } from "./webhook-sender.ts"
import {
  AmountBody,
  EmptyBody,
  KeyHeader,
  orderBalanceWire,
  PaymentBody,
  paymentWire,
  RefundBody,
  refundWire,
  ResultBody,
  resultFrom,
  totalWire,
} from "./wire.ts"

/** The parts of the simulator that the API uses. */
export interface SimulatorApiOptions extends PayFormOptions {
  /** Refund requests carry it as a bearer token. */
  readonly secret: Buffer
  readonly plan: Plan
  readonly deliveryCounts: () => DeliveryCounts
}

const ORDERS_PER_PAGE = 1_000

/** Answers requests to the simulator's HTTP API and pay page. Every refusal is a response; only faults are thrown. */
export function createSimulatorApi(options: SimulatorApiOptions) {
  return async (request: SimulatorRequest): Promise<SimulatorResponse> => {
    try {
      return await route(options, request)
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error
      return jsonResponse(error.status, { error: error.code, detail: error.message })
    }
  }
}

async function route(options: SimulatorApiOptions, request: SimulatorRequest): Promise<SimulatorResponse> {
  const { processor } = options
  const [path = "", query = ""] = request.url.split("?", 2)
  const [collection, id, verb, ...rest] = path.slice(1).split("/")
  const pattern = [request.method, collection, id && ":id", verb, ...rest].filter((part) => part).join(" ")
  const name = id ?? ""
  switch (pattern) {
    case "POST payments":
      return createPayment(options, request)
    case "GET payments :id":
      return paymentResponse(existingPayment(options, name), request)
    case "POST payments :id succeed":
      return endPayment(options, { id: name, result: "succeed" }, request)
    case "POST payments :id decline":
      return endPayment(options, { id: name, result: "decline" }, request)
    case "POST payments :id cancel":
      readBody(EmptyBody, request)
      return paymentResponse(unlessRefused(processor.cancelPayment(name)), request)
    case "POST payments :id dispute":
      return paymentResponse(unlessRefused(processor.openDispute(name, amountIn(request))), request)
    case "POST payments :id dispute won":
      readBody(EmptyBody, request)
      return paymentResponse(unlessRefused(processor.closeDispute(name, "won")), request)
    case "POST payments :id dispute lost":
      readBody(EmptyBody, request)
      return paymentResponse(unlessRefused(processor.closeDispute(name, "lost")), request)
    case "POST payments :id refund":
      return paymentResponse(unlessRefused(processor.refundInDashboard(name, amountIn(request))), request)
    case "POST refunds :id fail":
      readBody(EmptyBody, request)
      return jsonResponse(200, refundWire(unlessRefused(processor.reverseRefund(name))))
    case "POST refunds":
      return refund(options, request)
    case "GET books":
      return showBooks(options, new URLSearchParams(query))
    case "GET pay :id":
      return showPayPage(options, name, request)
    case "POST pay :id":
      return submitPayForm(options, name, request)
    default:
      throw new RequestRefused(404, "not_found", "the simulator has no such route")
  }
}

async function createPayment(
  { processor }: SimulatorApiOptions,
  request: SimulatorRequest,
): Promise<SimulatorResponse> {
  const body = readBody(PaymentBody, request)
  const payment = await processor.createPayment({
    orderId: body.order_id,
    amountMinor: body.amount_minor,
    currency: body.currency,
    holdId: body.hold_id ?? null,
    productId: body.product_id ?? null,
    qty: body.quantity ?? null,
    lines: (body.lines ?? []).map(
      ({ name, sku = null, quantity: qty, unit_price_minor: unitPriceMinor }) => ({
        name,
        sku,
        qty,
        unitPriceMinor,
      }),
    ),
    returnUrl: body.return_url === undefined ? null : localUrl(body.return_url, request.root),
  })
  return paymentResponse(unlessRefused(payment), request, 201)
}

function endPayment(
  options: SimulatorApiOptions,
  { id, result }: { readonly id: string; readonly result: "succeed" | "decline" },
  request: SimulatorRequest,
): SimulatorResponse {
  const { amountMinor } = existingPayment(options, id)
  const ended = options.processor.endPayment(
    id,
    resultFrom(result, amountMinor, readBody(ResultBody, request)),
  )
  return paymentResponse(unlessRefused(ended), request)
}

function refund({ secret, processor }: SimulatorApiOptions, request: SimulatorRequest): SimulatorResponse {
  if (!hasSecret(secret, request)) {
    throw new RequestRefused(401, "unauthorized", "the shared secret is required as a bearer token")
  }
  const key = request.headers["idempotency-key"]
  if (!Check(KeyHeader, key)) {
    throw new RequestRefused(422, "invalid_request", "Idempotency-Key must be 1 to 255 printable characters")
  }
  const body = readBody(RefundBody, request)
  const content = {
    paymentId: body.payment_id,
    amountMinor: body.amount_minor,
    currency: body.currency,
    reference: body.reference,
  }
  return jsonResponse(200, refundWire(unlessRefused(processor.refund(key, content))))
}

function hasSecret(secret: Buffer, { headers }: SimulatorRequest): boolean {
  const expected = Buffer.from(`Bearer ${secret.toString("base64")}`)
  const given = Buffer.from(String(headers["authorization"] ?? ""))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function showBooks(
  { store, plan, deliveryCounts }: SimulatorApiOptions,
  query: URLSearchParams,
): SimulatorResponse {
  const from = query.get("from") ?? "0"
  if (!/^\d{1,9}$/.test(from)) {
    throw new RequestRefused(422, "invalid_request", "from must be the next_from of an earlier answer")
  }
  const { balances } = store
  // One more than a page shows, to find out whether there is another page.
  const orders = balances.orders(Number(from), ORDERS_PER_PAGE + 1)
  const { waiting, delivered, refusedForgeries, givenUp } = deliveryCounts()
  return jsonResponse(200, {
    plan: { name: plan.name, seed: plan.seed },
    totals: [...balances.totals()].map(([currency, balance]) => totalWire(currency, balance)),
    orders: orders.slice(0, ORDERS_PER_PAGE).map(orderBalanceWire),
    next_from: orders.length > ORDERS_PER_PAGE ? Number(from) + ORDERS_PER_PAGE : null,
    webhooks: { waiting, delivered, refused_forgeries: refusedForgeries, given_up: givenUp },
  })
}

function existingPayment({ store }: SimulatorApiOptions, id: string): SimulatedPayment {
  return unlessRefused<SimulatedPayment>(store.payment(id) ?? "payment not found")
}

/** The amount in the body; null for all that is left. */
function amountIn(request: SimulatorRequest): number | null {
  return readBody(AmountBody, request).amount_minor ?? null
}

function paymentResponse(
  payment: SimulatedPayment,
  { root }: SimulatorRequest,
  status = 200,
): SimulatorResponse {
  return jsonResponse(status, paymentWire(payment, `${root}/pay/${payment.id}`))
}

/** Passes an outcome on, or throws its refusal. */
function unlessRefused<T extends object>(outcome: T | Refusal): T {
  if (typeof outcome === "object") return outcome
  const [status, code] = refusals[outcome]
  throw new RequestRefused(status, code, outcome)
}
