import assert from "node:assert/strict"
import type { PaymentEvent } from "../../src/domain/payment.ts"
import { defaultSettings, type ProductSettings } from "../../src/domain/product.ts"
import { instant, later, type Instant } from "../../src/domain/time.ts"
import { eventWith } from "../support/builders.ts"
import type { TestAnswer, TestClient } from "../support/http.ts"
import { CODES, type Change, type Intent, type PayIntent, type Told } from "./intents.ts"
import { Reference, statusOf } from "./reference.ts"

const STOCK = 10
const PRICE_MINOR = 9_999
/** The server's default. No deadline passes while a sale is played. */
const LATE_SECONDS = 600

/** Plays one sale over HTTP and on the reference, and compares every answer, and the counters after each. */
export async function playServedSale(client: TestClient, intents: readonly Intent[]): Promise<number> {
  const goods = { name: "Lamp", price_minor: PRICE_MINOR, currency: "EUR", stock: STOCK }
  const { body } = await client.post("/api/admin/products", goods)
  for (const [code, units] of Object.entries(CODES)) {
    await client.post(`/api/admin/products/${body.id}/codes`, { set: "press", units, codes: [code] })
  }
  const sale = new ServedSale(client, body.id)
  for (const intent of intents) await sale.play(intent)
  await sale.compareRows()
  return sale.commands
}

/** A request with an Idempotency-Key, and its first answer. */
interface Keyed {
  readonly path: string
  readonly json: object
  readonly key: string
  readonly answer: TestAnswer
}

/** Temporary refusals, and those of details that the product does not ask for now: not stored, so a repetition is executed. */
const passing =
  /^(invalid_request|sale_not_open|sale_paused|customer_limit_reached|access_.*|out_of_stock|.*_not_found)$/

class ServedSale {
  commands = 0
  readonly #client: TestClient
  readonly #productId: number
  readonly #reference: Reference
  readonly #holdIds: number[] = []
  readonly #orderIds: number[] = []
  readonly #sent: { event: PaymentEvent; json: object }[] = []
  readonly #keyed: Keyed[] = []
  #keys = 0

  constructor(client: TestClient, productId: number) {
    this.#client = client
    this.#productId = productId
    const settings = { ...defaultSettings, name: "Lamp", priceMinor: PRICE_MINOR, currency: "EUR" }
    this.#reference = new Reference(settings, STOCK, LATE_SECONDS)
  }

  async play(intent: Intent): Promise<void> {
    const said = await this.#say(intent)
    if (said === null) return
    assert.equal(said.actual, said.expected, JSON.stringify(intent))
    this.commands += 1
    await this.#compareCounters()
  }

  /** Returns the server's answer and the reference's; null: the API has no such request. */
  async #say(intent: Intent): Promise<{ actual: string; expected: string } | null> {
    switch (intent.does) {
      case "hold":
        return this.#hold(intent.qty, this.#nameOf(intent.customer), sentCode(intent.code))
      case "release": {
        const id = newest(this.#holdIds, intent.pick)
        const answer = await this.#client.send("DELETE", `/api/holds/${id}`)
        return { actual: told(answer, `released ${id}`), expected: this.#reference.releaseHold(id, now()) }
      }
      case "order":
        return this.#order(newest(this.#holdIds, intent.pick), intent.tells)
      case "tell":
        return this.#tell(newest(this.#orderIds, intent.pick), intent.tells)
      case "cancel": {
        const id = newest(this.#orderIds, intent.pick)
        const answer = await this.#postKeyed(`/api/orders/${id}/cancel`, {})
        return { actual: told(answer, `cancelled ${id}`), expected: this.#reference.cancelOrder(id, now()) }
      }
      case "start": {
        const id = newest(this.#orderIds, intent.pick)
        const answer = await this.#client.post(`/api/orders/${id}/payment-attempts`, {})
        const until = time(answer.body.expires_at)
        const actual = told(answer, `${answer.body.status} ${id} until ${until}`)
        return { actual, expected: this.#reference.startPayment(id, now()) }
      }
      case "pay":
        return this.#pay(this.#messageFor(intent))
      case "pay_again": {
        const first = this.#sent[intent.pick % Math.max(1, this.#sent.length)]
        if (first === undefined) return null
        if (!intent.altered) return this.#pay(first)
        const event = { ...first.event, fingerprint: "altered" }
        return this.#pay({ event, json: { ...first.json, payment_id: "altered" } })
      }
      case "erase":
        return this.#erase(intent.whose)
      case "refund":
        return this.#refund(newest(this.#orderIds, intent.pick), intent.amount, intent.restock)
      case "settle":
        return this.#settle(intent.pick, intent.to)
      case "adjust": {
        const stock = Math.max(0, this.#reference.stock + intent.by)
        const expected = this.#reference.stock - (intent.isStale ? 1 : 0)
        if (expected < 0) return null
        const answer = await this.#client.post(`${this.#adminPath}/stock`, { stock, expected })
        const actual = told(answer, `stock ${answer.body.stock}`)
        return { actual, expected: this.#reference.adjustStock(stock, expected, 0, now()) }
      }
      case "change": {
        const asks = "asks" in intent.what ? intent.what.asks : undefined
        const [json, changes] = changesFor(intent.what)
        const answer = await this.#client.send("PATCH", this.#adminPath, { json })
        return { actual: told(answer, "changed"), expected: this.#reference.change(changes, asks) }
      }
      case "repeat":
        return this.#repeat(intent.pick, intent.altered)
      case "sweep":
      case "await":
      // The generic webhook reports none.
      case "dispute":
      case "elsewhere":
        return null
    }
  }

  get #adminPath(): string {
    return `/api/admin/products/${this.#productId}`
  }

  /** A name for one sale alone, because an erasure is about the orders of all products. */
  #nameOf(customer: string | null): string | null {
    return customer === null ? null : `${customer}-${this.#productId}`
  }

  get #email(): string {
    return `anna@${this.#productId}.example.ch`
  }

  #detailsOf(tells: Told): { readonly email?: string; readonly name?: string } {
    return {
      ...(tells.includes("email") && { email: this.#email }),
      ...(tells.includes("name") && { name: "Anna" }),
    }
  }

  async #erase(whose: string) {
    const isByAddress = whose === "the address"
    const meant = isByAddress ? whose : (this.#nameOf(whose) ?? whose)
    const json = isByAddress ? { email: this.#email } : { customer_id: meant }
    const answer = await this.#client.post("/api/admin/erase", json)
    return {
      actual: told(answer, `erased ${answer.body.erased_orders}`),
      expected: this.#reference.erase(meant),
    }
  }

  async #hold(qty: number, customer: string | null, code: string | null) {
    // With a key, so that the lane answers, because the gate's answers may be less exact.
    const json = {
      product_id: this.#productId,
      qty,
      ...(customer !== null && { customer_id: customer }),
      ...(code !== null && { access_code: code }),
    }
    const answer = await this.#postKeyed("/api/holds", json)
    const { hold_id: id, expires_at: end, created_at: made, customer_id: of } = answer.body
    if (answer.status === 201) {
      this.#holdIds.push(id)
      const seconds = (time(end) - time(made)) / 1_000
      assert.equal(seconds, this.#reference.settings.holdTtlSeconds ?? HOLD_TTL_SECONDS)
    }
    const asked = { id, qty, customer, code, until: time(end) }
    return {
      actual: told(answer, `hold ${id} of ${answer.body.qty} for ${of} until ${time(end)}`),
      expected: this.#reference.placeHold(asked, answer.status === 201 ? time(made) : now()),
    }
  }

  /** Every caller of a server in open mode is the shop. */
  async #tell(id: number, tells: Told) {
    const answer = await this.#client.send("PUT", `/api/orders/${id}/details`, {
      json: this.#detailsOf(tells),
    })
    const { status, missing_details: missing = [], details } = answer.body
    if (answer.status === 200) {
      const { email, name } = this.#detailsOf(tells)
      assert.deepEqual([details?.email ?? undefined, details?.name ?? undefined], [email, name])
    }
    const actual = told(answer, `${status} ${id} lacks ${missing.length}`)
    return { actual: asInvalid(actual), expected: this.#reference.tell(id, tells, "shop", now()) }
  }

  async #order(holdId: number, tells: Told | null) {
    const details = tells === null ? {} : { details: this.#detailsOf(tells) }
    const answer = await this.#postKeyed("/api/orders", { hold_id: holdId, ...details })
    const { order_id: id, quantity, total_minor: total, currency, status, expires_at: end } = answer.body
    const made = answer.status < 300 ? time(answer.body.created_at) : now()
    if (answer.status === 201) this.#orderIds.push(id)
    const success =
      answer.status === 200
        ? `order ${id} existed`
        : `order ${id} of ${quantity} for ${total} ${currency}: ${status}`
    const expected = this.#reference.placeOrder({ id, holdId, until: time(end) }, tells, made)
    return { actual: asInvalid(told(answer, success)), expected }
  }

  async #pay({ event, json }: { event: PaymentEvent; json: object }) {
    this.#sent.push({ event, json })
    const answer = await this.#client.post("/api/payments/webhook", json)
    const { order_id: id, outcome, duplicate } = answer.body
    const isParked = outcome === "parked"
    let made = { id, until: now(), at: now() }
    if (answer.status === 200 && !isParked && !this.#reference.orders.has(id)) {
      // The event has made its order. Only the order says when.
      const { body } = await this.#client.get(`/api/orders/${id}`)
      made = { id, until: time(body.expires_at), at: time(body.created_at) }
      this.#orderIds.push(id)
    }
    const expected = this.#reference.pay(event, made, made.at)
    if (expected === "order_unknown") this.#reference.park(event)
    const success = isParked ? "order_unknown" : `${outcome}${duplicate === true ? " again" : ""}`
    return { actual: told(answer, success).replace("idempotency_key_reused", "event_key_reused"), expected }
  }

  #messageFor({ kind, pick, early, paymentId, amount, currency }: PayIntent) {
    this.#keys += 1
    const key = `served-${this.#productId}-${this.#keys}`
    const holdId = newest(this.#holdIds, pick)
    const hold = this.#reference.holds.get(holdId)
    const qty = hold?.qty ?? 1
    // Ids beyond all blocks of ids, so that an event parked here never pays an order of another sale.
    const unborn = FIRST_UNBORN + this.#productId * 10 + (pick % 3)
    const orderId = early === "no" ? newest(this.#orderIds, pick) : unborn
    const total =
      this.#reference.orders.get(orderId)?.total ??
      qty * (hold?.priceMinor ?? this.#reference.settings.priceMinor)
    const amounts = { unsaid: null, exact: total, more: total + 1, less: Math.max(0, total - 1) }
    const quantity = qty + (early === "with wrong quantity" ? 1 : 0)
    const named = early === "with hold" || early === "with wrong quantity"
    const amountMinor = amounts[amount]
    const event = eventWith({
      key,
      kind,
      orderId,
      paymentId,
      amountMinor,
      currency,
      ...(named && { holdId, productId: 1, quantity }),
    })
    const json = {
      idempotency_key: key,
      order_id: orderId,
      status: kind,
      ...(paymentId !== null && { payment_id: paymentId }),
      ...(amountMinor !== null && { amount_minor: amountMinor }),
      ...(currency !== null && { currency }),
      ...(named && { hold_id: holdId, product_id: this.#productId, quantity }),
    }
    return { event, json }
  }

  async #refund(orderId: number, amount: number | null, restock: number) {
    const json = { amount_minor: amount, ...(restock > 0 && { restock_qty: restock }) }
    const answer = await this.#client.post(`/api/admin/orders/${orderId}/refunds`, json)
    const { refund_id: name, amount_minor: given, status } = answer.body
    return {
      actual: told(answer, `refund ${name} of ${given}: ${status}`),
      expected: this.#reference.refund(orderId, amount, restock, now()),
    }
  }

  /** Sends the results that the shop may report. The others come from a provider. */
  async #settle(pick: number, to: string) {
    const route = { due: "retry", confirmed: "confirm" }[to]
    const refund = this.#reference.refunds.at(-1 - (pick % 8))
    if (route === undefined || refund === undefined) return null
    const { order, number } = refund
    const answer = await this.#client.post(`/api/admin/refunds/${order}-${number}/${route}`)
    const { refund_id: name, amount_minor: given, status } = answer.body
    return {
      actual: told(answer, `refund ${name} of ${given}: ${status}`),
      expected: this.#reference.settle(order, number, { to, name: null }, now()),
    }
  }

  async #repeat(pick: number, altered: boolean) {
    const first = this.#keyed[pick % Math.max(1, this.#keyed.length)]
    if (first === undefined || passing.test(String(first.answer.body.code))) return null
    const headers = { "idempotency-key": first.key }
    const other = altered ? this.#altered(first.json) : null
    const json = other ?? first.json
    const answer = await this.#client.post(first.path, json, { headers })
    if (other !== null) return { actual: told(answer, "another answer"), expected: "idempotency_key_reused" }
    assert.equal(answer.headers["idempotent-replayed"], "true")
    return { actual: contentOf(answer), expected: contentOf(first.answer) }
  }

  /** Alters the body. Null: it has no members, or no other hold exists, and an unknown hold is refused before the key is read. */
  #altered(json: object): object | null {
    if ("qty" in json) return { ...json, qty: Number(json.qty) + 1 }
    const other = this.#holdIds.find((id) => "hold_id" in json && id !== json.hold_id)
    return other === undefined ? null : { hold_id: other }
  }

  async #postKeyed(path: string, json: object): Promise<TestAnswer> {
    this.#keys += 1
    const key = `served-${this.#productId}-${this.#keys}`
    const answer = await this.#client.post(path, json, { headers: { "idempotency-key": key } })
    this.#keyed.push({ path, json, key, answer })
    return answer
  }

  async #compareCounters(): Promise<void> {
    const headers = { "cache-control": "no-cache" }
    const { body } = await this.#client.get(`/api/products/${this.#productId}`, { headers })
    const [held, sold] = [this.#reference.held(now()), this.#reference.sold(now())]
    assert.deepEqual(
      [body.stock, body.reserved_stock, body.sold_stock, body.available_stock],
      [this.#reference.stock, held, sold, this.#reference.stock - held - sold],
      "stock, held, sold, available",
    )
  }

  /** Compares every hold, order and refund after the sale. */
  async compareRows(): Promise<void> {
    for (const [id, hold] of this.#reference.holds) {
      const { body } = await this.#client.get(`/api/holds/${id}`)
      assert.equal(body.status, statusOf(hold, now()), `hold ${id}`)
    }
    for (const [id, order] of this.#reference.orders) {
      const { body } = await this.#client.get(`/api/orders/${id}`)
      const { status, late, restocked_qty: restocked, total_minor: total } = body
      const expected = [statusOf(order, now()), order.late, order.restocked, order.total]
      assert.deepEqual([status, late, restocked, total], expected, `order ${id}`)
      const refunds = (await this.#client.get(`/api/admin/orders/${id}/refunds`)).body.data
      assert.deepEqual(
        refunds.map((refund: Record<string, unknown>) => [
          refund["amount_minor"],
          refund["reason"],
          refund["status"],
        ]),
        this.#reference.refunds
          .filter((refund) => refund.order === id)
          .map((refund) => [refund.amount, refund.reason, refund.status]),
        `refunds of order ${id}`,
      )
    }
    assert.deepEqual(
      await this.#lackingInInbox(),
      this.#reference.lacking(now()).toSorted((a, b) => a - b),
    )
  }

  /** The orders of this sale that stand in the money inbox because details are missing. */
  async #lackingInInbox(): Promise<number[]> {
    const found: number[] = []
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body }: TestAnswer = await this.#client.get(`/api/admin/money?limit=100${cursor}`)
      for (const { kind, order } of body.data) {
        if (kind === "details_missing" && order.product_id === this.#productId) found.push(order.order_id)
      }
      cursor = body.has_more === true ? `&cursor=${body.next_cursor}` : null
    }
    return found
  }
}

/** The default of HOLD_TTL_SECONDS. */
const HOLD_TTL_SECONDS = 120
const FIRST_UNBORN = 1_000_000_000
const NOBODYS_ID = 999_999_999

function newest(ids: readonly number[], pick: number): number {
  return ids.at(-1 - (pick % 8)) ?? NOBODYS_ID
}

function now(): Instant {
  return instant(Date.now())
}

function time(text: string | undefined): Instant {
  return instant(Date.parse(text ?? "1970-01-01T00:00:00Z"))
}

/** Converts an answer of the server into the reference's text. */
function told({ status, body }: TestAnswer, success: string): string {
  if (status < 300) return success
  const pointers = (body.errors ?? []).map((error: { pointer: string }) => error.pointer).join()
  if (pointers === "/closes_at") return "invalid_sale_window"
  if (pointers === "/amount_minor") return "nothing_to_refund"
  const retryAt = body.retry_at === null ? null : time(body.retry_at)
  const more: string | number | undefined = {
    quantity_over_limit: body.max_per_hold,
    customer_limit_reached: body.units_left,
    access_code_used_up: body.units_left,
    out_of_stock: `${body.sale_state} ${body.available_stock} ${retryAt}`,
    hold_already_used: body.order_id,
    stock_changed: body.stock,
    stock_in_use: body.reserved_stock + body.sold_stock,
    refund_over_payment: body.refundable_minor,
    restock_over_order: body.restockable_qty,
  }[body.code as string]
  return more === undefined ? String(body.code) : `${body.code} ${more}`
}

/** Returns an answer without its request id, which differs each time. */
function contentOf({ status, body }: TestAnswer): string {
  const { request_id: _, ...content } = body
  return `${status} ${JSON.stringify(content)}`
}

/** Far enough from now that no sale opens or closes while it is played. */
const HOUR_SECONDS = 3_600

/** The code of details that the product does not ask for, on the wire and in the domain. */
function asInvalid(actual: string): string {
  return actual === "invalid_request" ? "details_invalid" : actual
}

const codePhase = [
  { from: null, until: null, needs: { kind: "codes", set: "press" } as const, maxPerCustomer: null },
]

/** Unknown codes are not sent: after ten a server refuses to look at more for a minute. */
function sentCode(code: string | null): string | null {
  return code !== null && code in CODES ? code : null
}

function changesFor(what: Change): [json: object, changes: Partial<ProductSettings>] {
  if ("asks" in what) return [{ collect: what.asks }, {}]
  if ("maxPerHold" in what) return [{ max_per_hold: what.maxPerHold }, what]
  if ("maxPerCustomer" in what) return [{ max_per_customer: what.maxPerCustomer }, what]
  if ("paused" in what) return [{ paused: what.paused }, what]
  if ("needsCode" in what) {
    const { needsCode } = what
    return [
      { phases: needsCode ? [{ needs: { codes: "press" } }] : null },
      { phases: needsCode ? codePhase : null },
    ]
  }
  if ("priceMinor" in what) return [{ price_minor: what.priceMinor }, what]
  if ("holdTtlSeconds" in what) {
    const seconds = what.holdTtlSeconds === null ? null : what.holdTtlSeconds + HOUR_SECONDS
    return [{ hold_ttl_seconds: seconds }, { holdTtlSeconds: seconds }]
  }
  const opensAt = what.opensIn === null ? null : later(now(), Math.sign(what.opensIn) * HOUR_SECONDS)
  const closesAt = what.closesIn === null ? null : later(now(), what.closesIn * HOUR_SECONDS)
  const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString())
  return [
    { opens_at: iso(opensAt), closes_at: iso(closesAt) },
    { opensAt, closesAt },
  ]
}
