import { CODES } from "./intents.ts"
import type { DisputeEvent, PaymentEvent, ProviderEvent } from "../../src/domain/payment.ts"
import type { ProductSettings } from "../../src/domain/product.ts"
import type { Instant } from "../../src/domain/time.ts"
import { eventWith } from "../support/builders.ts"
import type { Asks, ElsewhereIntent, Told } from "./intents.ts"

/**
 * The rules of docs/reference/state-machines.md in the simplest form that runs. It keeps everything, has no counters, and
 * compares each deadline with the clock whenever it is asked.
 *
 * It shares no rule with src/domain, only the types of its input.
 */
export class Reference {
  settings: ProductSettings
  stock: number
  /** What the product asks its buyers for. */
  asks: Asks = { email: "no", name: "no" }
  readonly holds = new Map<number, ReferenceHold>()
  readonly orders = new Map<number, ReferenceOrder>()
  readonly events = new Map<string, ReferenceEvent>()
  readonly money: ReferenceMoney[] = []
  readonly refunds: ReferenceRefund[] = []
  readonly disputes: ReferenceDispute[] = []
  /** Seconds after its end in which an order can still be paid. */
  readonly lateSeconds: number

  constructor(settings: ProductSettings, stock: number, lateSeconds: number) {
    this.settings = settings
    this.lateSeconds = lateSeconds
    this.stock = stock
  }

  held(now: Instant): number {
    return this.#unitsOf(now, ["active", "pending_payment"])
  }

  sold(now: Instant): number {
    return this.#unitsOf(now, ["paid", "refunded"])
  }

  owned(customer: string, now: Instant): number {
    return this.#unitsOf(now, ["active", "pending_payment", "paid", "refunded"], customer)
  }

  /** Units that are held and owned with an access code. */
  ownedBy(code: string, now: Instant): number {
    let units = 0
    for (const row of [...this.holds.values(), ...this.orders.values()]) {
      const counts = ["active", "pending_payment", "paid", "refunded"].includes(statusOf(row, now))
      if (counts && row.code === code) units += row.qty - row.restocked
    }
    return units
  }

  #unitsOf(now: Instant, statuses: readonly string[], customer?: string): number {
    let units = 0
    for (const row of [...this.holds.values(), ...this.orders.values()]) {
      const counts = statuses.includes(statusOf(row, now))
      if (counts && (customer === undefined || row.customer === customer)) units += row.qty - row.restocked
    }
    return units
  }

  /** The earliest deadline of a held unit. */
  #firstEnd(now: Instant): Instant | null {
    const waiting = [...this.holds.values(), ...this.orders.values()].filter((row) =>
      ["active", "pending_payment"].includes(statusOf(row, now)),
    )
    return waiting.reduce<Instant | null>(
      (first, row) => (first === null || row.until < first ? row.until : first),
      null,
    )
  }

  placeHold(
    ask: { id: number; qty: number; customer: string | null; code: string | null; until: Instant },
    now: Instant,
  ): string {
    const { closesAt, opensAt, paused, maxPerHold, maxPerCustomer, phases } = this.settings
    if (closesAt !== null && now >= closesAt) return "sale_closed"
    if (opensAt !== null && now < opensAt) return "sale_not_open"
    if (paused) return "sale_paused"
    if (maxPerHold !== null && ask.qty > maxPerHold) return `quantity_over_limit ${maxPerHold}`
    if (maxPerCustomer !== null && ask.customer === null) return "customer_required"
    const code = phases === null ? null : ask.code
    if (phases !== null && code === null) return "access_required"
    if (code !== null && CODES[code] === undefined) return "access_code_unknown"
    if (maxPerCustomer !== null && ask.customer !== null) {
      const left = Math.max(0, maxPerCustomer - this.owned(ask.customer, now))
      if (ask.qty > left) return `customer_limit_reached ${left}`
    }
    const codeLeft = this.#leftOf(code, now)
    if (ask.qty > codeLeft) return `access_code_used_up ${codeLeft}`
    const available = this.stock - this.held(now) - this.sold(now)
    if (ask.qty > available) {
      const state = this.sold(now) >= this.stock ? "sold_out" : available === 0 ? "all_held" : "open"
      // A request for more than all unsold units cannot succeed later, so it gets no time.
      const retryAt = ask.qty > this.stock - this.sold(now) ? null : this.#firstEnd(now)
      return `out_of_stock ${state} ${available} ${retryAt}`
    }
    const { priceMinor, currency } = this.settings
    this.holds.set(ask.id, { ...ask, code, priceMinor, currency, running: "active", end: null, restocked: 0 })
    return `hold ${ask.id} of ${ask.qty} for ${ask.customer} until ${ask.until}`
  }

  #leftOf(code: string | null, now: Instant): number {
    return code === null ? Infinity : Math.max(0, (CODES[code] ?? 0) - this.ownedBy(code, now))
  }

  releaseHold(id: number, now: Instant): string {
    const hold = this.holds.get(id)
    if (hold === undefined) return "hold_not_found"
    const status = statusOf(hold, now)
    if (status === "converted") return `hold_already_used ${this.orderOf(id)?.id}`
    if (status === "expired") return "hold_expired"
    hold.end = "released"
    return `released ${id}`
  }

  placeOrder(ask: { id: number; holdId: number; until: Instant }, tells: Told | null, now: Instant): string {
    const hold = this.holds.get(ask.holdId)
    if (hold === undefined) return "hold_not_found"
    const present = this.orderOf(ask.holdId)
    const isUnasked = this.#isUnasked(tells ?? [])
    if (present?.byEvent === true) {
      if (isUnasked) return "details_invalid"
      if (tells !== null && present.told.length === 0 && !present.erased) this.#take(present, tells, now)
      return `order ${present.id} existed`
    }
    const status = statusOf(hold, now)
    if (status === "converted") return `hold_already_used ${present?.id}`
    if (status !== "active") return `hold_${status}`
    if (isUnasked) return "details_invalid"
    const order = this.#makeOrder({ ...ask, byEvent: false, told: tells ?? [] }, hold, now)
    return `order ${order.id} of ${order.qty} for ${order.total} ${order.currency}: ${statusOf(order, now)}`
  }

  orderOf(holdId: number): ReferenceOrder | undefined {
    return [...this.orders.values()].find((order) => order.holdId === holdId)
  }

  #makeOrder(
    made: { id: number; holdId: number; until: Instant; byEvent: boolean; told: Told },
    hold: ReferenceHold,
    now: Instant,
  ): ReferenceOrder {
    hold.end = "converted"
    const { qty, customer, code, priceMinor, currency } = hold
    const order: ReferenceOrder = {
      ...made,
      qty,
      customer,
      code,
      total: qty * priceMinor,
      currency,
      running: "pending_payment",
      end: null,
      endedAt: null,
      late: false,
      restocked: 0,
      made: now,
      starts: 0,
      awaited: false,
      lacks: this.#lackOf(made.told),
      erased: false,
      isKept: made.told.length > 0 || this.#lackOf(made.told) > 0,
    }
    this.orders.set(order.id, order)
    this.#payIfFree(order, now)
    for (const waiting of this.events.values()) {
      const { event, outcome } = waiting
      if (outcome !== "parked" || event.disputeId !== null || event.orderId !== order.id) continue
      if (event.holdId === null || event.holdId === order.holdId) this.#act({ event, waiting }, order, now)
    }
    return order
  }

  /** An order of 0.00 is paid as soon as nothing is missing. */
  #payIfFree(order: ReferenceOrder, now: Instant): void {
    if (order.total > 0 || order.lacks > 0 || statusOf(order, now) !== "pending_payment") return
    order.end = "paid"
    const key = `order-${order.id}`
    const { currency } = order
    this.money.push({ order: order.id, key, paymentId: null, amount: 0, currency, pays: true })
    this.events.set(key, { event: eventWith({ key, orderId: order.id }), outcome: "paid" })
  }

  tell(id: number, tells: Told, by: "owner" | "shop", now: Instant): string {
    const order = this.orders.get(id)
    if (order === undefined) return "order_not_found"
    if (order.erased) return "details_erased"
    if (by === "owner") {
      const waiting = this.#waiting(id, now)
      if (typeof waiting === "string") return waiting
    }
    if (this.#isUnasked(tells)) return "details_invalid"
    this.#take(order, tells, now)
    return `${statusOf(order, now)} ${id} lacks ${order.lacks}`
  }

  #isUnasked(tells: Told): boolean {
    return tells.some((detail) => this.asks[detail] === "no")
  }

  /** The number of details that the product requires and that are not told. */
  #lackOf(told: Told): number {
    return detailNames.filter((name) => this.asks[name] === "required" && !told.includes(name)).length
  }

  #take(order: ReferenceOrder, tells: Told, now: Instant): void {
    order.told = tells
    order.lacks = this.#lackOf(tells)
    order.isKept = true
    this.#payIfFree(order, now)
  }

  /** Erases the details of a customer's orders, or those with an e-mail address; says of how many orders. */
  erase(whose: string): string {
    const meant = [...this.orders.values()].filter(({ customer, told, isKept, erased }) => {
      const isMeant = whose === "the address" ? told.includes("email") : customer === whose
      return isMeant && isKept && !erased
    })
    for (const order of meant) [order.told, order.erased] = [[], true]
    return `erased ${meant.length}`
  }

  /** The paid orders that cannot be sent yet. Erased ones are not among them: nothing more may be asked of the buyer. */
  lacking(now: Instant): number[] {
    return [...this.orders.values()].flatMap((order) => {
      const isWaitedFor = statusOf(order, now) === "paid" && order.lacks > 0 && !order.erased
      return isWaitedFor ? [order.id] : []
    })
  }

  cancelOrder(id: number, now: Instant): string {
    const order = this.orders.get(id)
    if (order === undefined) return "order_not_found"
    const status = statusOf(order, now)
    if (status === "expired") return "order_expired"
    if (status === "paid" || status === "refunded") return "order_not_pending"
    if (status === "pending_payment") [order.end, order.endedAt] = ["cancelled", now]
    return `cancelled ${id}`
  }

  startPayment(id: number, now: Instant): string {
    const order = this.#waiting(id, now)
    if (typeof order === "string") return order
    if (order.lacks > 0) return "details_required"
    const end = Math.min(order.until + 180_000, order.made + 600_000)
    if (order.starts < 2 && end > order.until) order.until = end as Instant
    order.starts += 1
    return `pending_payment ${id} until ${order.until}`
  }

  awaitPayment(id: number, now: Instant): string {
    const order = this.#waiting(id, now)
    if (typeof order === "string") return order
    if (!order.awaited) order.until = (order.until + 60_000) as Instant
    order.awaited = true
    return `pending_payment ${id} until ${order.until}`
  }

  #waiting(id: number, now: Instant): ReferenceOrder | string {
    const order = this.orders.get(id)
    if (order === undefined) return "order_not_found"
    const status = statusOf(order, now)
    if (status === "expired") return "order_expired"
    return status === "pending_payment" ? order : "order_not_pending"
  }

  pay(event: PaymentEvent, made: { id: number; until: Instant }, now: Instant): string {
    const known = this.events.get(event.key)
    if (known !== undefined && known.event.fingerprint !== event.fingerprint) return "event_key_reused"
    if (known !== undefined && known.outcome !== "parked") return `${known.outcome} again`

    const named = this.orders.get(event.orderId)
    // An order that was made from another hold than the event names is not the event's order.
    const isMeant = named !== undefined && (event.holdId === null || event.holdId === named.holdId)
    const order = isMeant ? named : this.#orderByHold(event, made, now)
    if (order === undefined) return "order_unknown"
    const arrived = known ?? { event, outcome: "parked" }
    this.events.set(event.key, arrived)
    // The order that was just made has applied its parked events, perhaps this one too.
    if (arrived.outcome === "parked") this.#act({ event, waiting: arrived }, order, now)
    return `${arrived.outcome}${known === undefined ? "" : " again"}`
  }

  /** Keeps an event without an order or payment. */
  park(event: ProviderEvent): void {
    this.events.set(event.key, { event, outcome: "parked" })
  }

  #orderByHold(
    { holdId, productId, quantity }: PaymentEvent,
    made: { id: number; until: Instant },
    now: Instant,
  ): ReferenceOrder | undefined {
    const hold = holdId === null ? undefined : this.holds.get(holdId)
    if (hold === undefined || holdId === null || productId !== 1 || quantity !== hold.qty) return undefined
    const present = this.orderOf(holdId)
    if (present !== undefined || statusOf(hold, now) !== "active") return present
    return this.#makeOrder({ ...made, holdId, byEvent: true, told: [] }, hold, now)
  }

  #act(
    { event, waiting: arrived }: { event: PaymentEvent; waiting: ReferenceEvent },
    order: ReferenceOrder,
    now: Instant,
  ): void {
    const { kind, key, paymentId } = event
    const status = statusOf(order, now)
    if (kind !== "succeeded") {
      arrived.outcome = status === "pending_payment" ? "cancelled" : "ignored_final"
      if (status === "pending_payment") [order.end, order.endedAt] = ["cancelled", now]
      return
    }
    const amount = event.amountMinor ?? order.total
    const currency = event.currency ?? order.currency
    const of = this.money.filter((money) => money.order === order.id)
    const same = of.find((money) => paymentId !== null && money.paymentId === paymentId)
    const paying = of.find((money) => money.pays)
    if (same !== undefined) {
      arrived.outcome = same.pays ? "ignored_final" : "refund_due"
      return
    }
    const saysTheSame =
      (event.amountMinor ?? paying?.amount) === paying?.amount &&
      (event.currency ?? paying?.currency) === paying?.currency
    if (paying !== undefined && saysTheSame && (paymentId === null || paying.paymentId === null)) {
      arrived.outcome = "ignored_final"
      return
    }
    const waits = status === "pending_payment"
    let whyNot: string | null = null
    if (paying !== undefined) whyNot = "second_payment"
    else if (currency !== order.currency) whyNot = "wrong_currency"
    else if (amount < order.total) whyNot = "amount_too_low"
    else if (!waits) whyNot = this.#whyNotLate(order, status, now)

    arrived.outcome = whyNot === null ? "paid" : "refund_due"
    const money = { order: order.id, key, paymentId, amount, currency, pays: whyNot === null }
    this.money.push(money)
    if (whyNot === null) {
      order.end = "paid"
      order.late = !waits
      this.#giveBack(money, amount - order.total, "amount_too_high", { restock: 0, after: now })
    } else {
      const after = whyNot === "amount_too_low" && waits ? order.until : now
      this.#giveBack(money, amount, whyNot, { restock: 0, after })
    }
    for (const waiting of this.events.values()) {
      const { event, outcome } = waiting
      const isMeant = event.disputeId !== null && event.paymentId === paymentId && outcome === "parked"
      if (isMeant) this.#dispute({ event, waiting }, money)
    }
  }

  dispute(event: DisputeEvent): string {
    const known = this.events.get(event.key)
    if (known !== undefined && known.outcome !== "parked") return `${known.outcome} again`
    const [money] = this.money
      .filter(({ paymentId }) => paymentId === event.paymentId)
      .sort((a, b) => a.order - b.order)
    if (money === undefined) return "order_unknown"
    const waiting = known ?? { event, outcome: "parked" }
    this.events.set(event.key, waiting)
    this.#dispute({ event, waiting }, money)
    return `${waiting.outcome}${known === undefined ? "" : " again"}`
  }

  /** Applies a dispute message. Lost overrides won, won overrides open, and the higher claim counts. */
  #dispute(
    { event, waiting }: { event: DisputeEvent; waiting: ReferenceEvent },
    money: ReferenceMoney,
  ): void {
    const words = ["dispute_opened", "dispute_won", "dispute_lost"]
    const said = words.indexOf(event.kind)
    const known = this.disputes.find(({ of, name }) => of === money && name === event.disputeId)
    const isOurs = event.currency === null || event.currency === money.currency
    const claim = (isOurs ? event.amountMinor : null) ?? money.amount
    const isOld = known !== undefined && said <= known.said && claim <= known.claim
    waiting.outcome = isOld ? "ignored_final" : "disputed"
    if (isOld) return
    const wasOpen = known?.said === 0 && claim <= known.claim
    const last = Math.max(said, known?.said ?? 0)
    if (known === undefined) this.disputes.push({ of: money, name: event.disputeId, claim, said })
    else [known.said, known.claim] = [last, Math.max(claim, known.claim)]
    const back = this.refunds.filter((refund) => refund.key === money.key)
    for (const refund of back) {
      if (last !== 1 && !wasOpen && refund.status === "due") {
        ;[refund.status, refund.withheld] = ["withheld", true]
      } else if (this.#claimed(money) === null && refund.withheld) {
        ;[refund.status, refund.withheld] = ["due", false]
      }
    }
  }

  /** The sum of the claims of a payment's disputes that are not won; null: there is none. */
  #claimed(money: ReferenceMoney): number | null {
    const live = this.disputes.filter(({ of, said }) => of === money && said !== 1)
    return live.length === 0 ? null : live.reduce((sum, { claim }) => sum + claim, 0)
  }

  #gone(money: ReferenceMoney): number {
    return this.refunds.reduce((sum, { key, amount }) => (key === money.key ? sum + amount : sum), 0)
  }

  /** The disputed amount: the claimed one, and no more than is left of the payment. */
  disputed(money: ReferenceMoney): number {
    return Math.min(this.#claimed(money) ?? 0, money.amount - this.#gone(money))
  }

  #whyNotLate(order: ReferenceOrder, status: string, now: Instant): string | null {
    const { opensAt, closesAt, maxPerCustomer } = this.settings
    const end = status === "expired" ? order.until : (order.endedAt ?? order.until)
    if (now >= end + this.lateSeconds * 1_000) return "paid_too_late"
    if ((closesAt !== null && now >= closesAt) || (opensAt !== null && now < opensAt)) return "sale_over"
    if (order.customer !== null && maxPerCustomer !== null) {
      if (this.owned(order.customer, now) + order.qty > maxPerCustomer) return "customer_limit_reached"
    }
    if (order.qty > this.#leftOf(order.code, now)) return "access_code_used_up"
    return this.stock - this.held(now) - this.sold(now) < order.qty ? "units_not_available" : null
  }

  #giveBack(
    money: ReferenceMoney,
    amount: number,
    reason: string,
    { restock, after }: { restock: number; after: Instant },
  ): ReferenceRefund | null {
    if (amount === 0 && restock === 0) return null
    const number = this.refunds.filter((refund) => refund.order === money.order).length + 1
    const status = amount === 0 ? "confirmed" : "due"
    const of = { order: money.order, number, key: money.key }
    const told = { status, withheld: false, name: null, reversals: 0 }
    const refund: ReferenceRefund = { ...of, amount, reason, restock, after, ...told }
    this.refunds.push(refund)
    return refund
  }

  refund(orderId: number, amount: number | null, restock: number, now: Instant): string {
    const order = this.orders.get(orderId)
    if (order === undefined) return "order_not_found"
    const paying = this.money.find((money) => money.order === orderId && money.pays)
    if (paying === undefined) return "order_not_paid"
    const left = paying.amount - this.#gone(paying) - this.disputed(paying)
    const wanted = amount ?? left
    const tooMuch = this.disputed(paying) > 0 ? "payment_disputed" : "refund_over_payment"
    if (wanted > left) return `${tooMuch} ${left}`
    if (restock > order.qty - order.restocked) return `restock_over_order ${order.qty - order.restocked}`
    const refund = this.#giveBack(paying, wanted, "requested", { restock, after: now })
    if (refund === null) {
      return amount === null && this.disputed(paying) > 0 ? `payment_disputed ${left}` : "nothing_to_refund"
    }
    order.restocked += restock
    return `refund ${refund.order}-${refund.number} of ${wanted}: ${refund.status}`
  }

  /** Records the result of a refund. `name`: the provider's id of it. */
  settle(orderId: number, number: number, said: { to: string; name: string | null }, now: Instant): string {
    const refund = this.refunds.find((one) => one.order === orderId && one.number === number)
    const order = this.orders.get(orderId)
    if (refund === undefined || order === undefined) return "refund_not_found"
    return this.#settle(refund, order, { ...said, name: said.to === "due" ? null : said.name }, now)
  }

  #settle(
    refund: ReferenceRefund,
    order: ReferenceOrder,
    { to, name }: { to: string; name: string | null },
    now: Instant,
  ): string {
    const told = () => `refund ${order.id}-${refund.number} of ${refund.amount}: ${refund.status}`
    const isSameName = name !== null && name === refund.name
    const isStale =
      (to !== "failed" && refund.status === "failed" && isSameName) ||
      (to === "failed" && name !== null && refund.name !== null && !isSameName)
    const isReversed = refund.status === "confirmed" && to === "failed" && isSameName
    const isOver = refund.status === "confirmed" && !isReversed
    if (refund.status === to || isStale || isOver) return told()
    if (refund.withheld && to === "failed") return told()
    const ways = [
      "due sent",
      "due confirmed",
      "due failed",
      "sent confirmed",
      "sent failed",
      "failed due",
      "failed confirmed",
      "confirmed failed",
      "withheld due",
      "withheld confirmed",
    ]
    const isFound = refund.withheld && to === "sent"
    if (!isFound && !ways.includes(`${refund.status} ${to}`)) return "refund_not_open"
    const money = this.money.find(({ key }) => key === refund.key)
    if (to === "due" && money !== undefined) {
      if ((this.#claimed(money) ?? 0) > this.disputed(money)) return "payment_disputed 0"
    }
    refund.name =
      to === "due" || (refund.status === "failed" && to !== "failed") ? name : (name ?? refund.name)
    refund.status = to
    refund.withheld = false
    if (to === "due") refund.after = now
    if (isReversed) refund.reversals += 1
    this.#recount(order, refund)
    return told()
  }

  /** An order is `refunded` while its whole price is refunded. */
  #recount(order: ReferenceOrder, changed: ReferenceRefund): void {
    if (changed.reason !== "requested" && changed.reason !== "elsewhere") return
    const back = this.refunds.filter(
      ({ order: id, reason, status }) =>
        id === order.id && (reason === "requested" || reason === "elsewhere") && status === "confirmed",
    )
    const isBack = back.reduce((sum, one) => sum + one.amount, 0) >= order.total
    if (order.end === "paid" && isBack && changed.status === "confirmed") order.end = "refunded"
    if (order.end === "refunded" && !isBack) order.end = "paid"
  }

  /** Records a refund that the shop has made at its provider. */
  refundElsewhere(orderId: number, said: ElsewhereIntent, now: Instant): string {
    const { paymentId, name, amount, currency, status } = said
    const money = this.money.find((one) => one.order === orderId && one.paymentId === paymentId)
    const order = this.orders.get(orderId)
    if (money === undefined || order === undefined) return "order_unknown"
    const settle = (refund: ReferenceRefund) => {
      this.#settle(refund, order, { to: status, name }, now)
      return `refund ${orderId}-${refund.number} of ${refund.amount}: ${refund.status}`
    }
    const of = this.refunds.filter(({ key }) => key === money.key)
    const known = of.find((refund) => refund.name === name)
    if (known !== undefined) return settle(known)
    if (status === "failed" || currency !== money.currency) return "nothing_to_refund"
    const left = money.amount - this.#gone(money)
    const meant = of.find(
      (one) => ["due", "failed", "withheld"].includes(one.status) && one.amount === amount,
    )
    if (amount > left && meant !== undefined) return settle(meant)
    const refund = this.#giveBack(money, Math.min(amount, left), "elsewhere", { restock: 0, after: now })
    if (refund === null) return "nothing_to_refund"
    ;[refund.status, refund.name] = [status, name]
    // When the banks now claim more than is left, the refunds that are not sent yet are withheld.
    if ((this.#claimed(money) ?? 0) > this.disputed(money)) {
      for (const one of of) if (one.status === "due") [one.status, one.withheld] = ["withheld", true]
    }
    this.#recount(order, refund)
    return `refund ${orderId}-${refund.number} of ${refund.amount}: ${status}`
  }

  adjustStock(stock: number, expected: number, unswept: number, now: Instant): string {
    if (expected !== this.stock) return `stock_changed ${this.stock}`
    // The units of due holds count as in use until a sweep.
    const inUse = this.held(now) + unswept + this.sold(now)
    if (stock < inUse) return `stock_in_use ${inUse}`
    this.stock = stock
    return `stock ${stock}`
  }

  change(changes: Omit<Partial<ProductSettings>, "collect">, asks = this.asks): string {
    const settings = { ...this.settings, ...changes }
    const { opensAt, closesAt } = settings
    if (opensAt !== null && closesAt !== null && opensAt >= closesAt) return "invalid_sale_window"
    this.settings = settings
    this.asks = asks
    return "changed"
  }
}

/** A row that expires at `until` unless it has ended before. */
interface Ending {
  readonly qty: number
  readonly customer: string | null
  /** The access code that its units count for. */
  readonly code: string | null
  until: Instant
  readonly running: "active" | "pending_payment"
  /** Units of the order that were put on sale again. */
  restocked: number
}

interface ReferenceHold extends Ending {
  readonly id: number
  /** The price of one unit when it was held, which is what its order costs. */
  readonly priceMinor: number
  readonly currency: string
  end: "released" | "converted" | null
}

interface ReferenceOrder extends Ending {
  readonly id: number
  readonly holdId: number
  readonly total: number
  readonly currency: string
  readonly byEvent: boolean
  end: "paid" | "cancelled" | "refunded" | null
  /** The time of its cancellation. */
  endedAt: Instant | null
  late: boolean
  readonly made: Instant
  starts: number
  awaited: boolean
  told: Told
  /** How many details are not there that the product required when the order was made or its details last came. */
  lacks: number
  erased: boolean
  /** Something was told, or is missing, so that there is something to erase. */
  isKept: boolean
}

const detailNames = ["email", "name"] as const

interface ReferenceEvent {
  readonly event: ProviderEvent
  outcome: string
}

interface ReferenceMoney {
  readonly order: number
  readonly key: string
  readonly paymentId: string | null
  readonly amount: number
  readonly currency: string
  readonly pays: boolean
}

interface ReferenceRefund {
  readonly order: number
  readonly number: number
  /** The key of the event of the refunded payment. */
  readonly key: string
  readonly amount: number
  readonly reason: string
  readonly restock: number
  after: Instant
  status: string
  /** True: a dispute has stopped it before it was sent. */
  withheld: boolean
  /** The provider's id of it. */
  name: string | null
  /** The number of times that it failed after a confirmation. */
  reversals: number
}

interface ReferenceDispute {
  readonly of: ReferenceMoney
  readonly name: string
  claim: number
  /** The status: 0 open, 1 won, 2 lost. */
  said: number
}

/** The status of a row at a moment, swept or not. */
export function statusOf(row: ReferenceHold | ReferenceOrder, now: Instant): string {
  return row.end ?? (now < row.until ? row.running : "expired")
}
