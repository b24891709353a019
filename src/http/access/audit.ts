import type { FastifyReply, FastifyRequest } from "fastify"
import type { Events } from "../../events/events.ts"
import type { AdminActions, AdminWay } from "../../store/reads/admin-actions.ts"
import type { Ids } from "../../store/batch/ids.ts"
import { parseId } from "../wire/ids.ts"

/** Records the changes that the shop requests. No request waits for the record, and none fails because of it. */
export interface Audit {
  /** Call when a request for a change arrives. A search is none, and is not recorded. */
  began(request: FastifyRequest, caller: Actor): void
  /**
   * Call when the request matches its route's schema. Only then is its body recorded, because a secret may be in any
   * field of a body that does not match.
   */
  understood(request: FastifyRequest): void
  /** Call when the answer is decided, also if the client has disconnected. */
  answered(request: FastifyRequest, reply: FastifyReply, payload: unknown): void
  /** Resolves when every action so far has been written or has failed. */
  settled(): Promise<void>
}

/** Who asks for a change. `by` is absent for a key, which has only its token. `operator` null: ADMIN_TOKEN, or open mode. */
export interface Actor {
  readonly by?: AdminWay
  readonly operator: { readonly id: number; readonly name: string } | null
}

export interface AuditParts {
  readonly actions: Pick<AdminActions, "record">
  readonly ids: Pick<Ids, "next">
  readonly events: Pick<Events, "auditFailed">
}

/** How many actions may wait for the database. Further ones are only logged. */
const MOST_WAITING = 10_000

type Action = Omit<Parameters<AdminActions["record"]>[0], "id">

interface Begun extends Pick<Action, "way" | "operatorId" | "operatorName"> {
  content: object | null
}

/**
 * Writes the actions one after the other, in the order of their answers, over the connections for reads and background
 * work.
 */
export function createAudit({ actions, ids, events }: AuditParts): Audit {
  const begun = new WeakMap<FastifyRequest, Begun>()
  let lastWritten = Promise.resolve()
  let waiting = 0

  function writeNext(action: Action): void {
    if (waiting >= MOST_WAITING) {
      return events.auditFailed(action, new Error("too many actions wait to be written"))
    }
    waiting += 1
    lastWritten = lastWritten.then(() => write(action)).finally(() => (waiting -= 1))
  }

  async function write(action: Action): Promise<void> {
    try {
      await actions.record({ id: await ids.next("admin_actions"), ...action })
    } catch (error) {
      events.auditFailed(action, error)
    }
  }

  return {
    began(request, { by: way = "token", operator }) {
      if (searches.has(request.routeOptions.url ?? "")) return
      const [operatorId, operatorName] = [operator?.id ?? null, operator?.name ?? null]
      begun.set(request, { way, operatorId, operatorName, content: null })
    },
    understood(request) {
      const known = begun.get(request)
      // A route without a schema for the body has not checked it.
      const isChecked = request.routeOptions.schema?.body !== undefined
      const isPersonal = personalBodies.has(request.routeOptions.url ?? "")
      if (known !== undefined && isChecked && !isPersonal) known.content = recordedBody(request.body)
    },
    answered(request, reply, payload) {
      const known = begun.get(request)
      if (known === undefined) return
      begun.delete(request)
      const { method, url, id, routeOptions } = request
      writeNext({
        ...known,
        ...subjectOf(request, reply.statusCode < 300 ? payload : null),
        route: `${method} ${routeOptions.url ?? ""}`,
        path: url.split("?", 1)[0] ?? "",
        status: reply.statusCode,
        requestId: id,
      })
    },
    settled: () => lastWritten,
  }
}

/** Routes that change nothing, although their method is POST: they search for personal data, which must stand in no URL. */
const searches: ReadonlySet<string> = new Set([
  "/api/admin/orders/search",
  "/api/admin/products/:id/codes/find",
])

/** Routes whose bodies are a buyer's personal data: of them only that they were used is recorded. */
const personalBodies: ReadonlySet<string> = new Set(["/api/admin/orders/:id/details", "/api/admin/erase"])

/** Longest recorded text, in characters. Only descriptions of products are longer; their beginning identifies them. */
const LONGEST_TEXT = 300

/** Fields of bodies that let somebody in. */
const unkept: ReadonlySet<string> = new Set(["secret", "codes", "access_code"])

/** The body as it is recorded: without secrets and access codes, and with addresses shortened to their origins. */
function recordedBody(body: unknown): object | null {
  if (typeof body !== "object" || body === null) return null
  const fields = Object.entries(body).map(([name, value]) => [name, recordedValue(name, value)])
  return Object.fromEntries(fields) as object
}

function recordedValue(name: string, value: unknown): unknown {
  if (unkept.has(name)) return "not kept"
  if (typeof value !== "string") return value
  const text = name === "url" ? originOf(value) : value
  // The cut may leave half of a surrogate pair, which PostgreSQL refuses.
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT).toWellFormed()}…` : text
}

/**
 * The origin of an address, without path and query, because many services accept secrets there. An address without an origin,
 * such as a mailbox, is a person's: only its kind is kept.
 */
function originOf(url: string): string {
  if (!URL.canParse(url)) return "not an address"
  const { origin, protocol } = new URL(url)
  return origin === "null" ? `${protocol}…` : origin
}

/** The product and the order of an action: those that the path names, else those in the answer. */
function subjectOf({ params, routeOptions }: FastifyRequest, payload: unknown) {
  const { id = "" } = params as { readonly id?: string }
  const route = routeOptions.url ?? ""
  const named = parseId(id)
  const answer = answerIn(payload)
  const isNewProduct = route === "/api/admin/products"
  return {
    productId: route.startsWith("/api/admin/products/:id")
      ? named
      : idOrNull(isNewProduct ? answer["id"] : answer["product_id"]),
    orderId: route.startsWith("/api/admin/orders/:id")
      ? named
      : idOrNull(answer["applied_order_id"] ?? answer["order_id"]),
  }
}

function answerIn(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload !== "string" || !payload.startsWith("{")) return {}
  const answer = JSON.parse(payload) as Readonly<Record<string, unknown>>
  // In an entry of the money inbox the ids are one level deeper.
  const event = answer["payment_event"]
  return typeof event === "object" && event !== null ? { ...event } : answer
}

function idOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null
}
