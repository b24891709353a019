import type { FastifyReply, FastifyRequest } from "fastify"
import type { Events } from "../../events/events.ts"
import type { AdminActions, AdminWay } from "../../store/reads/admin-actions.ts"
import type { Ids } from "../../store/batch/ids.ts"
import { parseId } from "../wire/ids.ts"

/** Keeps what the shop has done. Nothing waits for it, and nothing fails with it. */
export interface Audit {
  /** The shop asks for a change. */
  began(request: FastifyRequest, way: AdminWay): void
  /** What it asks for fits the route's schema: only then is it known that no secret is in an odd place. */
  understood(request: FastifyRequest): void
  /** The answer is decided, whether or not anybody is there to receive it. */
  answered(request: FastifyRequest, reply: FastifyReply, payload: unknown): void
  /** All that was begun has been written, or has failed. */
  settled(): Promise<void>
}

export interface AuditParts {
  readonly actions: Pick<AdminActions, "record">
  readonly ids: Pick<Ids, "next">
  readonly events: Pick<Events, "auditFailed">
}

/** Actions that wait for the database; one more is told in the log alone. */
const MOST_WAITING = 10_000

type Action = Omit<Parameters<AdminActions["record"]>[0], "id">

interface Begun {
  readonly way: AdminWay
  content: object | null
}

/** Writes one action after the other, as they were answered, over the connections for what is not a batch. */
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
    began: (request, way) => void begun.set(request, { way, content: null }),
    understood(request) {
      const known = begun.get(request)
      // A route without a schema of its body hears nothing of it.
      const isHeard = request.routeOptions.schema?.body !== undefined
      if (known !== undefined && isHeard) known.content = essenceOf(request.body)
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

/** Longer texts are descriptions of products; their beginning is enough to know them by. */
const LONGEST_TEXT = 300

/** What a request said, without what signs, and without what an address may carry as a key. */
function essenceOf(body: unknown): object | null {
  if (typeof body !== "object" || body === null) return null
  const fields = Object.entries(body).map(([name, value]) => [name, essentialValue(name, value)])
  return Object.fromEntries(fields) as object
}

function essentialValue(name: string, value: unknown): unknown {
  if (name === "secret") return "not kept"
  if (typeof value !== "string") return value
  const text = name === "url" ? originOf(value) : value
  // A cut through a pair of surrogates would leave half a character, which the database does not take.
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT).toWellFormed()}…` : text
}

/** Where an address leads, without the path and the query: many services take those for a password. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "not an address"
}

/** Which product and order it is about: the one that the path names, else what the answer says. */
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
  // An entry of the money inbox says it one level down.
  const event = answer["payment_event"]
  return typeof event === "object" && event !== null ? { ...event } : answer
}

function idOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null
}
