import type { Operation, History, HoldSeen, Line, OrderSeen } from "./operations.ts"
import { Contradiction } from "./contradiction.ts"

/** The operations on one hold and on the order made from it. */
export interface HoldSubhistory {
  readonly productId: number
  readonly hold: HoldSeen
  /** Hold requests that were granted; several if they share an `Idempotency-Key`. */
  readonly granted: readonly Operation[]
  /** Hold requests with the same key and an unknown response. */
  readonly unknown: readonly Operation[]
  /** Hold requests with the same key that were refused. */
  readonly refused: readonly Operation[]
  /** All other operations on the hold or its order: reads, releases, orders, cancellations, payments. */
  readonly operations: Operation[]
  /** Null if no response names an order. */
  orderId: number | null
  /** The order as the last response showed it; null if responses only name its id. */
  order: OrderSeen | null
}

/** A hold request, with its repetitions, of which no response says whether it was granted. */
export interface PossibleHold {
  readonly productId: number
  readonly qty: number
  readonly unknown: readonly Operation[]
  readonly refused: readonly Operation[]
}

/** The operations of a history grouped by hold. */
export interface Subhistories {
  readonly holds: readonly HoldSubhistory[]
  readonly possibleHolds: readonly PossibleHold[]
}

/** Groups all operations on holds and orders by hold. Throws a {@link Contradiction} if an id is used inconsistently. */
export function subhistoriesOf({ operations }: History): Subhistories {
  const holds = new Map<number, HoldSubhistory>()
  const possibleHolds: PossibleHold[] = []
  for (const requests of requestsByKey(operations)) {
    const subhistory = subhistoryOf(requests)
    if ("hold" in subhistory) addSubhistory(holds, subhistory)
    else if (subhistory.unknown.length > 0) possibleHolds.push(subhistory)
  }
  const holdOfOrder = new Map<number, number>()
  for (const operation of operations)
    if ("holdId" in operation.invocation)
      addOperation(operation, operation.invocation.holdId, holds, holdOfOrder)
  for (const operation of operations) {
    if (!("orderId" in operation.invocation)) continue
    const holdId = holdOfOrder.get(operation.invocation.orderId)
    if (holdId === undefined)
      throw new Contradiction("an operation on an order that no response has named", [operation])
    addOperation(operation, holdId, holds, holdOfOrder)
  }
  return { holds: [...holds.values()], possibleHolds }
}

type HoldRequest = Operation & { readonly invocation: { readonly kind: "hold" } }

function isHoldRequest(operation: Operation): operation is HoldRequest {
  return operation.invocation.kind === "hold"
}

/** Groups hold requests by key; each request without a key is a group of its own. */
function requestsByKey(operations: readonly Operation[]): HoldRequest[][] {
  const groups = new Map<string | number, HoldRequest[]>()
  for (const operation of operations.filter(isHoldRequest)) {
    const name = operation.invocation.key ?? operation.number
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [operation])
    else group.push(operation)
  }
  return [...groups.values()]
}

function subhistoryOf(requests: readonly HoldRequest[]): HoldSubhistory | PossibleHold {
  const [first] = requests
  if (first === undefined) throw new Error("a request without a call")
  const { productId, qty, lines } = first.invocation
  const unknown = requests.filter(({ response }) => response.kind === "unknown")
  const refused = requests.filter(({ response }) => response.kind === "refused")
  const granted = requests.filter(({ response }) => response.kind === "hold")
  const hold = holdOf(granted)
  if (hold === null) return { productId, qty, unknown, refused }
  if (hold.qty !== qty) throw new Contradiction(`asked for ${qty} and got ${hold.qty}`, granted)
  if (lines !== undefined && hold.lines !== undefined && !areSameLines(lines, hold.lines))
    throw new Contradiction("asked for other lines than it got", granted)
  return { productId, hold, granted, unknown, refused, operations: [], orderId: null, order: null }
}

function areSameLines(asked: readonly Line[], got: readonly Line[]): boolean {
  const units = new Map(got.map(({ variantId, qty }) => [variantId, qty]))
  return asked.length === got.length && asked.every(({ variantId, qty }) => units.get(variantId) === qty)
}

function holdOf(granted: readonly Operation[]): HoldSeen | null {
  const holds = granted.flatMap(({ response }) => (response.kind === "hold" ? [response.hold] : []))
  if (new Set(holds.map(({ id }) => id)).size > 1) {
    throw new Contradiction("a repeated request got another hold", granted)
  }
  return holds[0] ?? null
}

function addSubhistory(holds: Map<number, HoldSubhistory>, subhistory: HoldSubhistory): void {
  const other = holds.get(subhistory.hold.id)
  if (other !== undefined) {
    throw new Contradiction("two requests got the same hold", [...other.granted, ...subhistory.granted])
  }
  holds.set(subhistory.hold.id, subhistory)
}

function addOperation(
  operation: Operation,
  holdId: number,
  holds: ReadonlyMap<number, HoldSubhistory>,
  holdOfOrder: Map<number, number>,
): void {
  const subhistory = holds.get(holdId)
  if (subhistory === undefined)
    throw new Contradiction("an operation on a hold that no response has named", [operation])
  subhistory.operations.push(operation)
  const { response } = operation
  if (response.kind === "hold" && response.hold.id !== holdId)
    throw new Contradiction("the response is about another hold", [operation])
  const orderId =
    response.kind === "order" ? response.order.id : response.kind === "refused" ? response.orderId : undefined
  if (orderId === undefined) return
  const known = holdOfOrder.get(orderId)
  const isOther = subhistory.orderId !== null && subhistory.orderId !== orderId
  if (isOther || (known !== undefined && known !== holdId)) {
    throw new Contradiction("a hold became two orders, or two holds one order", subhistory.operations)
  }
  holdOfOrder.set(orderId, holdId)
  subhistory.orderId = orderId
  if (response.kind !== "order") return
  if (response.order.holdId !== holdId)
    throw new Contradiction("the response is about an order of another hold", [operation])
  subhistory.order = response.order
}
