import type { Call, History, HoldSeen, OrderSeen } from "./calls.ts"
import { Contradiction } from "./contradiction.ts"

/** Everything that was said about one hold, and about the order made from it. */
export interface HoldFile {
  readonly productId: number
  readonly hold: HoldSeen
  /** Requests for it that were granted: several under one `Idempotency-Key`. */
  readonly granted: readonly Call[]
  /** Requests under the same key whose end nobody knows. */
  readonly unknown: readonly Call[]
  /** Requests under the same key that were refused. */
  readonly refused: readonly Call[]
  /** Releases, looks, orders; cancellations and payments of its order, and looks at that. */
  readonly calls: Call[]
  /** Null: nobody knows of one. */
  orderId: number | null
  /** As it was last seen; null: it was only heard of. */
  order: OrderSeen | null
}

/** A request for a hold, with its repetitions, of which nobody knows whether it was granted. */
export interface Phantom {
  readonly productId: number
  readonly qty: number
  readonly unknown: readonly Call[]
  readonly refused: readonly Call[]
}

/** The calls, by what they are about. */
export interface Files {
  readonly holds: readonly HoldFile[]
  readonly phantoms: readonly Phantom[]
}

/** Puts every call about a hold or order into the file of that hold. */
export function filesOf({ calls }: History): Files {
  const holds = new Map<number, HoldFile>()
  const phantoms: Phantom[] = []
  for (const requests of requestsByKey(calls)) {
    const file = fileOf(requests)
    if ("hold" in file) addFile(holds, file)
    else if (file.unknown.length > 0) phantoms.push(file)
  }
  const holdOfOrder = new Map<number, number>()
  for (const call of calls) if ("holdId" in call.asked) fileCall(call, call.asked.holdId, holds, holdOfOrder)
  for (const call of calls) {
    if (!("orderId" in call.asked)) continue
    const holdId = holdOfOrder.get(call.asked.orderId)
    if (holdId === undefined) throw new Contradiction("an order that nobody was given", [call])
    fileCall(call, holdId, holds, holdOfOrder)
  }
  return { holds: [...holds.values()], phantoms }
}

type HoldRequest = Call & { readonly asked: { readonly what: "hold" } }

function isHoldRequest(call: Call): call is HoldRequest {
  return call.asked.what === "hold"
}

/** Requests without a key stand alone. */
function requestsByKey(calls: readonly Call[]): HoldRequest[][] {
  const groups = new Map<string | number, HoldRequest[]>()
  for (const call of calls.filter(isHoldRequest)) {
    const name = call.asked.key ?? call.number
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [call])
    else group.push(call)
  }
  return [...groups.values()]
}

function fileOf(requests: readonly HoldRequest[]): HoldFile | Phantom {
  const [first] = requests
  if (first === undefined) throw new Error("a request without a call")
  const { productId, qty } = first.asked
  const unknown = requests.filter(({ answer }) => answer.is === "unknown")
  const refused = requests.filter(({ answer }) => answer.is === "refused")
  const granted = requests.filter(({ answer }) => answer.is === "hold")
  const hold = holdOf(granted)
  if (hold === null) return { productId, qty, unknown, refused }
  if (hold.qty !== qty) throw new Contradiction(`asked for ${qty} and got ${hold.qty}`, granted)
  return { productId, hold, granted, unknown, refused, calls: [], orderId: null, order: null }
}

function holdOf(granted: readonly Call[]): HoldSeen | null {
  const holds = granted.flatMap(({ answer }) => (answer.is === "hold" ? [answer.hold] : []))
  if (new Set(holds.map(({ id }) => id)).size > 1) {
    throw new Contradiction("a repeated request got another hold", granted)
  }
  return holds[0] ?? null
}

function addFile(holds: Map<number, HoldFile>, file: HoldFile): void {
  const other = holds.get(file.hold.id)
  if (other !== undefined) {
    throw new Contradiction("two requests got the same hold", [...other.granted, ...file.granted])
  }
  holds.set(file.hold.id, file)
}

function fileCall(
  call: Call,
  holdId: number,
  holds: ReadonlyMap<number, HoldFile>,
  holdOfOrder: Map<number, number>,
): void {
  const file = holds.get(holdId)
  if (file === undefined) throw new Contradiction("a hold that nobody was given", [call])
  file.calls.push(call)
  const { answer } = call
  if (answer.is === "hold" && answer.hold.id !== holdId) throw new Contradiction("another hold", [call])
  const orderId =
    answer.is === "order" ? answer.order.id : answer.is === "refused" ? answer.orderId : undefined
  if (orderId === undefined) return
  const known = holdOfOrder.get(orderId)
  const isOther = file.orderId !== null && file.orderId !== orderId
  if (isOther || (known !== undefined && known !== holdId)) {
    throw new Contradiction("a hold became two orders, or two holds one order", file.calls)
  }
  holdOfOrder.set(orderId, holdId)
  file.orderId = orderId
  if (answer.is !== "order") return
  if (answer.order.holdId !== holdId) throw new Contradiction("an order of another hold", [call])
  file.order = answer.order
}
