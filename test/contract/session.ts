import type { TestAnswer, TestClient, TestRequest } from "../support/http.ts"
import { ADMIN_TOKEN, signature } from "../support/shop.ts"
import type { Operation } from "./description.ts"
import type { Draft } from "./requests.ts"
import { isKnown, type Known } from "./values.ts"

/** The ids and tokens in the responses so far, the newest last. */
export class Memory {
  readonly #named = new Map<string, (string | number)[]>()
  readonly #tokens = new Map<string, string>()
  readonly #shared: Memory | null

  /** `shared`: a memory that learns everything too and is used where this one has no value. */
  constructor(shared: Memory | null = null) {
    this.#shared = shared
  }

  /** Keeps the ids in a response, and the token of each hold and order. */
  learn(operation: Operation, body: unknown): void {
    this.#shared?.learn(operation, body)
    this.#walk(body)
    if (typeof body !== "object" || body === null) return
    const { id, token, hold_id: holdId, order_id: orderId, hold, order } = body as Record<string, unknown>
    if (operation.path.includes("/products")) this.#remember("product_id", id)
    if (typeof token === "string") this.#tokens.set(`hold ${String(holdId)}`, token)
    const madeHold = hold as { id?: unknown; token?: string } | undefined
    if (typeof madeHold?.token === "string") {
      this.#remember("hold_id", madeHold.id)
      this.#tokens.set(`hold ${String(madeHold.id)}`, madeHold.token)
    }
    const madeOrder = order as { id?: unknown; hold_id?: unknown } | undefined
    this.#remember("order_id", madeOrder?.id)
    const made = madeOrder === undefined ? [orderId, holdId] : [madeOrder.id, madeOrder.hold_id]
    const opens = this.#tokens.get(`hold ${String(made[1])}`)
    if (opens !== undefined) this.#tokens.set(`order ${String(made[0])}`, opens)
  }

  /** An id of the kind; undefined if no response has contained one. */
  recall({ known, pick }: Known): string | number | undefined {
    const names = this.#named.get(known) ?? []
    const isOld = pick >= names.length
    return this.#shared !== null && isOld
      ? this.#shared.recall({ known, pick })
      : names.at(-1 - (pick % Math.max(1, names.length)))
  }

  tokenOf(thing: string): string | undefined {
    return this.#tokens.get(thing) ?? this.#shared?.tokenOf(thing)
  }

  #walk(value: unknown): void {
    if (typeof value !== "object" || value === null) return
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === "object") this.#walk(member)
      else if (name === "id" && isVariant(value)) this.#remember("variant_id", member)
      else for (const alias of aliases.get(name) ?? [name]) this.#remember(alias, member)
    }
  }

  #remember(name: string, value: unknown): void {
    if (typeof value !== "string" && typeof value !== "number") return
    const names = this.#named.get(name) ?? []
    this.#named.set(name, names)
    if (names.at(-1) !== value) names.push(value)
    if (names.length > MOST_NAMES) names.shift()
  }
}

const MOST_NAMES = 500

function isVariant(value: object): boolean {
  return "own_price" in value
}

/** The names of request fields that a response's field provides values for. */
const aliases: ReadonlyMap<string, readonly string[]> = new Map([
  ["total_minor", ["total_minor", "amount_minor"]],
  ["qty", ["quantity"]],
  ["stock", ["stock", "expected"]],
  ["webhook_id", ["webhookId"]],
  ["event_key", ["key"]],
])

/** A complete request. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly request: TestRequest
  /** The body as a server parses it, if it is JSON with a JSON media type. */
  readonly json: unknown
  readonly isJson: boolean
}

/** Completes a draft with ids and tokens from the memory. */
export function fillIn(draft: Draft, memory: Memory): Sent {
  const parameters = Object.entries(draft.parameters).map(
    ([name, value]) => [name, textOf(value, memory)] as const,
  )
  const path = parameters.reduce(
    (text, [name, value]) => text.replace(`{${name}}`, () => value),
    draft.operation.path,
  )
  const query = draft.query.map(([name, value]) => `${name}=${textOf(value, memory)}`).join("&")
  const json = draft.body !== undefined && "json" in draft.body ? filled(draft.body.json, memory) : undefined
  const text = draft.body !== undefined && "text" in draft.body ? draft.body.text : textOfJson(json)
  const isSigned = draft.signed && draft.operation.path === "/api/payments/webhook"
  const authorization = authorizationOf(draft, memory, { json, parameters: Object.fromEntries(parameters) })
  const headers = {
    ...(isSigned && signature(text ?? "")),
    ...draft.headers,
    // Node's client sends a GET's body without a length, and the server would read it as the next request.
    ...(text !== undefined && { "content-length": String(Buffer.byteLength(text)) }),
    ...(isSigned &&
      draft.headers["webhook-id"] &&
      signature(text ?? "", { id: draft.headers["webhook-id"] })),
    ...(authorization !== undefined && { authorization }),
  }
  return {
    method: draft.operation.method,
    path: query === "" ? path : `${path}?${query}`,
    request: { headers, ...(text !== undefined && { raw: text }) },
    ...readAsJson(text, headers),
  }
}

function readAsJson(
  text: string | undefined,
  headers: Record<string, string>,
): Pick<Sent, "json" | "isJson"> {
  const [type = ""] = (headers["content-type"] ?? "application/json").toLowerCase().split(";")
  if (text === undefined || text.trim() === "") return { json: undefined, isJson: true }
  try {
    // A byte order mark is skipped, as RFC 8259 allows.
    return { json: JSON.parse(text.replace(/^\ufeff/, "")), isJson: type === "application/json" }
  } catch {
    return { json: undefined, isJson: false }
  }
}

function textOf(value: Known | string, memory: Memory): string {
  if (typeof value === "string") return value
  return encodeURIComponent(String(memory.recall(value) ?? "1").toWellFormed())
}

/** The body as JSON text; undefined if the request has none. */
function textOfJson(json: unknown): string | undefined {
  return json === undefined ? undefined : JSON.stringify(json)
}

function filled(value: unknown, memory: Memory): unknown {
  if (isKnown(value)) return memory.recall(value) ?? 1
  if (Array.isArray(value)) return value.map((item) => filled(item, memory))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, memory)]))
}

interface About {
  readonly json: unknown
  readonly parameters: Readonly<Record<string, string>>
}

function authorizationOf({ caller, operation }: Draft, memory: Memory, about: About): string | undefined {
  if (typeof caller === "object") return caller.authorization
  if (caller === "admin") return `Bearer ${ADMIN_TOKEN}`
  if (caller === "nobody") return undefined
  const named = (about.json as { hold_id?: number } | null | undefined)?.hold_id ?? about.parameters["holdId"]
  const id = about.parameters["id"] ?? ""
  const its = operation.path.includes("/orders/") ? `order ${id}` : `hold ${id}`
  const another = memory.recall({ known: "hold_id", pick: 3 }) ?? ""
  const asked = named === undefined ? its : `hold ${named}`
  const token = memory.tokenOf(caller === "owner" ? asked : `hold ${another}`)
  return token === undefined ? undefined : `Bearer ${token}`
}

/** Sends the request. Of a stream it reads the beginning: the first event of each requested product. */
export function send(client: TestClient, operation: Operation, sent: Sent): Promise<TestAnswer> {
  const { method, path, request } = sent
  if (!operation.isStream) return client.send(method, path, request)
  const query = new URLSearchParams(path.slice((path + "?").indexOf("?") + 1))
  const asked = new Set(query.get("product_id")?.split(","))
  const isEnough = (received: string) => eventsIn(received).length >= asked.size
  return client.send(method, path, { ...request, isEnough })
}

/** The data of each event in the received part of a stream. */
export function eventsIn(received: string): string[] {
  return received
    .split("\n\n")
    .slice(0, -1)
    .flatMap((block) => /^event: \w+\nid: \S+\ndata: (.*)$/.exec(block)?.[1] ?? [])
}
