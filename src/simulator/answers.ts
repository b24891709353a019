import { timingSafeEqual } from "node:crypto"
import type { Static, TSchema } from "typebox"
import { Check } from "typebox/value"
import { isLocalName } from "../base/local-names.ts"
import type { Books, SimulatedPayment } from "./books.ts"
import type { Cashier, CashierRefusal, Ending } from "./cashier.ts"
import type { DeliveryCounts } from "./deliveries.ts"
import { buttons, missingPage, pageHeaders, payPage, type Button } from "./pay-page.ts"
import type { Plan } from "./plan.ts"
import {
  accountWire,
  DisputeBody,
  EmptyBody,
  EndingBody,
  KeyHeader,
  PaymentBody,
  paymentWire,
  RefundBody,
  refundWire,
  totalWire,
} from "./wire.ts"

/** A request, by whatever server it came. */
export interface SimulatorRequest {
  readonly method: string
  /** Below the simulator's own address: a path that begins with `/`, and a query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** The simulator's own address as its caller knows it, without a slash at its end. */
  readonly root: string
}

/** What is to be answered. */
export interface SimulatorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface AnswerParts {
  readonly secret: Buffer
  readonly books: Books
  readonly cashier: Cashier
  readonly plan: Plan
  readonly deliveries: { counts(): DeliveryCounts }
}

/** What is wrong with a request. */
class Refused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

const refusals: Record<CashierRefusal, readonly [number, string]> = {
  full: [503, "full"],
  "payment not found": [404, "payment_not_found"],
  "payment not open": [409, "payment_not_open"],
  "payment not captured": [422, "payment_not_captured"],
  "more than captured": [422, "amount_too_high"],
  "disputed before": [409, "payment_disputed"],
  "no open dispute": [409, "dispute_not_open"],
  "wrong currency": [422, "wrong_currency"],
  "key reused": [422, "idempotency_key_reused"],
}

/** As a bank's own page takes. */
const THREE_D_SECURE_MS = 3_000
const ACCOUNTS_A_PAGE = 1_000

/** The simulator's HTTP API and its pay page, without a server. Never throws for what was asked. */
export function createAnswers({ secret, books, cashier, plan, deliveries }: AnswerParts) {
  const bearer = Buffer.from(`Bearer ${secret.toString("base64")}`)

  async function create(request: SimulatorRequest): Promise<SimulatorAnswer> {
    const body = read(PaymentBody, request)
    const payment = done(
      await cashier.open({
        orderId: body.order_id,
        amountMinor: body.amount_minor,
        currency: body.currency,
        holdId: body.hold_id ?? null,
        productId: body.product_id ?? null,
        quantity: body.quantity ?? null,
        returnUrl: body.return_url === undefined ? null : localUrl(body.return_url, request.root),
      }),
    )
    return json(201, wireOf(payment, request))
  }

  function end(request: SimulatorRequest, id: string, result: Ending["result"]): SimulatorAnswer {
    const { amountMinor } = known(id)
    const ending = endingFrom(result, amountMinor, read(EndingBody, request))
    return json(200, wireOf(done(cashier.end(id, ending)), request))
  }

  function press(request: SimulatorRequest, id: string): SimulatorAnswer {
    const payment = books.payment(id)
    if (payment === undefined) return page(404, missingPage())
    const type = String(request.headers["content-type"] ?? "").split(";")[0]
    const action = new URLSearchParams(request.body).get("action") ?? ""
    if (type !== "application/x-www-form-urlencoded" || !isButton(action)) {
      throw new Refused(422, "invalid_request", `action must be one of ${Object.keys(buttons).join(", ")}`)
    }
    // Who presses a button of an old page is shown what has become of the payment.
    if (action === "cancel") cashier.cancel(id)
    else cashier.end(id, endingOfButton(action, payment.amountMinor))
    return { status: 303, headers: { location: `${request.root}/pay/${id}` }, body: "" }
  }

  function refund(request: SimulatorRequest): SimulatorAnswer {
    const given = Buffer.from(String(request.headers["authorization"] ?? ""))
    if (given.length !== bearer.length || !timingSafeEqual(given, bearer)) {
      throw new Refused(401, "unauthorized", "refunds need the shared secret as a bearer token")
    }
    const key = request.headers["idempotency-key"]
    if (!Check(KeyHeader, key))
      throw new Refused(422, "invalid_request", "Idempotency-Key must be 1 to 255 printable characters")
    const body = read(RefundBody, request)
    const order = {
      paymentId: body.payment_id,
      amountMinor: body.amount_minor,
      currency: body.currency,
      reference: body.reference,
    }
    return json(200, refundWire(done(cashier.refund(key, order))))
  }

  function showBooks(query: URLSearchParams): SimulatorAnswer {
    const from = query.get("from") ?? "0"
    if (!/^\d{1,9}$/.test(from)) throw new Refused(422, "invalid_request", "from must be a next_from")
    const accounts = books.accounts(Number(from), ACCOUNTS_A_PAGE + 1)
    const { waiting, delivered, refusedForgeries, givenUp } = deliveries.counts()
    return json(200, {
      plan: { name: plan.name, seed: plan.seed },
      totals: [...books.totals()].map(([currency, sums]) => totalWire(currency, sums)),
      orders: accounts.slice(0, ACCOUNTS_A_PAGE).map(accountWire),
      next_from: accounts.length > ACCOUNTS_A_PAGE ? Number(from) + ACCOUNTS_A_PAGE : null,
      webhooks: { waiting, delivered, refused_forgeries: refusedForgeries, given_up: givenUp },
    })
  }

  function known(id: string): SimulatedPayment {
    return done<SimulatedPayment>(books.payment(id) ?? "payment not found")
  }

  function wireOf(payment: SimulatedPayment, { root }: SimulatorRequest) {
    return paymentWire(payment, `${root}/pay/${payment.id}`)
  }

  async function answer(request: SimulatorRequest): Promise<SimulatorAnswer> {
    const [path = "", query = ""] = request.url.split("?", 2)
    const [noun, id, verb, ...rest] = path.slice(1).split("/")
    const what = [request.method, noun, id && ":id", verb, ...rest].filter((part) => part).join(" ")
    const name = id ?? ""
    switch (what) {
      case "POST payments":
        return create(request)
      case "GET payments :id":
        return json(200, wireOf(known(name), request))
      case "POST payments :id succeed":
        return end(request, name, "succeed")
      case "POST payments :id decline":
        return end(request, name, "decline")
      case "POST payments :id cancel":
        read(EmptyBody, request)
        return json(200, wireOf(done(cashier.cancel(name)), request))
      case "POST payments :id dispute":
        return json(
          200,
          wireOf(done(cashier.dispute(name, read(DisputeBody, request).amount_minor ?? null)), request),
        )
      case "POST payments :id dispute won":
      case "POST payments :id dispute lost":
        read(EmptyBody, request)
        return json(200, wireOf(done(cashier.endDispute(name, rest[0] === "won" ? "won" : "lost")), request))
      case "POST refunds":
        return refund(request)
      case "GET books":
        return showBooks(new URLSearchParams(query))
      case "GET pay :id": {
        const payment = books.payment(name)
        return payment === undefined ? page(404, missingPage()) : page(200, payPage(payment))
      }
      case "POST pay :id":
        return press(request, name)
      default:
        throw new Refused(404, "not_found", "the simulator has nothing at this address")
    }
  }

  return async (request: SimulatorRequest): Promise<SimulatorAnswer> => {
    try {
      return await answer(request)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return json(error.status, { error: error.code, detail: error.message })
    }
  }
}

function done<T extends object>(outcome: T | CashierRefusal): T {
  if (typeof outcome === "object") return outcome
  const [status, code] = refusals[outcome]
  throw new Refused(status, code, outcome)
}

function read<Schema extends TSchema>(schema: Schema, { headers, body }: SimulatorRequest): Static<Schema> {
  const value = body.trim() === "" ? {} : parsed(body)
  const type = String(headers["content-type"] ?? "").split(";")[0]
  // A web page from elsewhere may send other types without asking.
  if (body.trim() !== "" && type !== "application/json") {
    throw new Refused(415, "unsupported_media_type", "the body must be application/json")
  }
  if (Check(schema, value)) return value
  throw new Refused(422, "invalid_request", `the body must be ${JSON.stringify(schema)}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused(400, "malformed_request", "the body is not JSON")
  }
}

/** A page may lead back to this machine only: anything else would be an open redirect. */
function localUrl(text: string, root: string): string {
  const url = URL.canParse(text, `${root}/`) ? new URL(text, `${root}/`) : null
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:"
  if (url !== null && isWeb && isLocalName(url.hostname) && url.username === "" && url.password === "") {
    return url.href
  }
  throw new Refused(422, "invalid_request", "return_url must lead to this machine")
}

function endingFrom(result: Ending["result"], amountMinor: number, body: EndingBody): Ending {
  return {
    result,
    capturedMinor: body.amount_minor ?? amountMinor,
    delayMs: body.delay_ms ?? 0,
    outOfOrder: body.out_of_order ?? false,
    pausesMs: Array.from({ length: body.copies ?? 1 }, () => 0),
    badSignature: body.bad_signature ?? false,
    failRefunds: body.fail_refunds ?? 0,
  }
}

function endingOfButton(button: Exclude<Button, "cancel">, amountMinor: number): Ending {
  const ending = endingFrom(button === "decline" ? "decline" : "succeed", amountMinor, {})
  if (button === "late") return { ...ending, delayMs: "late" }
  return button === "3ds" ? { ...ending, delayMs: THREE_D_SECURE_MS } : ending
}

function isButton(text: string): text is Button {
  return Object.hasOwn(buttons, text)
}

function json(status: number, value: unknown): SimulatorAnswer {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" }
  return { status, headers, body: JSON.stringify(value) }
}

function page(status: number, body: string): SimulatorAnswer {
  return { status, headers: pageHeaders, body }
}
