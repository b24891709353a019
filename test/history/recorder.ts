import type {
  Answer,
  Asked,
  Call,
  History,
  HoldSeen,
  Moment,
  OrderSeen,
  ProductRecord,
} from "./checker/calls.ts"
import type { TestAnswer, TestClient, TestRequest } from "../support/http.ts"

/** Writes down what clients ask and are answered, all on one clock. */
export interface Recorder {
  /** Asks a server, named so that its end can be noted. Returns what became of it, and never throws. */
  ask(server: NamedServer, asked: Asked): Promise<Answer>
  /** Nothing that was asked of this server, and has no answer, can have an effect much later than now. */
  serverEnded(name: string): void
  /** Answers that no client should get, whatever happened: status 500, and what is no problem document. */
  faults(): readonly string[]
  history(products: readonly ProductRecord[]): History
}

/** A server that may be killed; one that takes its place has another name. */
export interface NamedServer {
  readonly name: string
  readonly client: TestClient
}

/** What a server has sent to PostgreSQL before its end may still be committed so much later. */
const LEFT_BEHIND_MS = 2_000

/** Starts with an empty history. */
export function createRecorder(): Recorder {
  const calls: { call: Call; server: string }[] = []
  const ends = new Map<string, Moment>()
  const faults: string[] = []

  function heard(answer: TestAnswer): Answer {
    const { status, body } = answer
    if (status !== 500 && (status < 400 || body.code !== undefined)) return read(answer)
    faults.push(`${status}: ${JSON.stringify(body)}`)
    return { is: "unknown" }
  }

  return {
    async ask({ name, client }, asked) {
      const startedAt = performance.now()
      const answer = await send(client, asked).then(heard, brokenOff)
      // Nobody has heard it.
      if (answer === null) return { is: "unknown" }
      const endedAt = answer.is === "unknown" ? Infinity : performance.now()
      calls.push({ call: { number: calls.length, startedAt, endedAt, asked, answer }, server: name })
      return answer
    },
    serverEnded: (name) => void ends.set(name, performance.now()),
    faults: () => faults,
    history: (products) => ({
      products,
      calls: calls.map(({ call, server }) => {
        const end = ends.get(server)
        if (end === undefined || call.answer.is !== "unknown") return call
        return Object.assign({}, call, { endedAt: end + LEFT_BEHIND_MS })
      }),
    }),
  }
}

function send(client: TestClient, asked: Asked): Promise<TestAnswer> {
  switch (asked.what) {
    case "hold": {
      const request: TestRequest = asked.key === null ? {} : { headers: { "idempotency-key": asked.key } }
      return client.post("/api/holds", { product_id: asked.productId, qty: asked.qty }, request)
    }
    case "release":
      return client.send("DELETE", `/api/holds/${asked.holdId}`)
    case "look_at_hold":
      return client.get(`/api/holds/${asked.holdId}`)
    case "order":
      return client.post("/api/orders", { hold_id: asked.holdId })
    case "cancel":
      return client.post(`/api/orders/${asked.orderId}/cancel`)
    case "look_at_order":
      return client.get(`/api/orders/${asked.orderId}`)
    case "pay": {
      const event = { idempotency_key: asked.key, order_id: asked.orderId, status: "success" }
      return client.post("/api/payments/webhook", event)
    }
    case "look_at_product":
      return client.get(`/api/products/${asked.productId}`)
    case "set_stock": {
      const { stock, expected } = asked
      return client.post(`/api/admin/products/${asked.productId}/stock`, { stock, expected })
    }
  }
}

/** Null: there was no connection, so nothing was asked. */
function brokenOff(error: unknown): Answer | null {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED" ? null : { is: "unknown" }
}

/** `unavailable` says that nobody knows; `overloaded`, that nothing has happened. */
function read({ status, body, headers }: TestAnswer): Answer {
  if (status >= 400) {
    if (body.code === "unavailable") return { is: "unknown" }
    return {
      is: "refused",
      code: body.code,
      ...(body.available_stock !== undefined && { available: body.available_stock }),
      ...(typeof body.order_id === "number" && { orderId: body.order_id }),
    }
  }
  if (body.order_id !== undefined && body.outcome === undefined) {
    return { is: "order", order: orderSeen(body), created: status === 201 }
  }
  if (body.hold_id !== undefined)
    return { is: "hold", hold: holdSeen(body), replayed: headers["idempotent-replayed"] === "true" }
  if (body.outcome !== undefined) {
    const { outcome, duplicate, late = false, status: orderStatus = null } = body
    return { is: "payment", outcome, orderStatus, late, duplicate }
  }
  const { stock, available_stock: available, reserved_stock: held, sold_stock: sold } = body
  return { is: "product", stock, available, held, sold }
}

function holdSeen(body: TestAnswer["body"]): HoldSeen {
  const { hold_id: id, qty, status } = body
  return { id, qty, status, createdAt: Date.parse(body.created_at), expiresAt: Date.parse(body.expires_at) }
}

function orderSeen(body: TestAnswer["body"]): OrderSeen {
  const { order_id: id, hold_id: holdId, status, late } = body
  const [createdAt, expiresAt] = [Date.parse(body.created_at), Date.parse(body.expires_at)]
  return { id, holdId, status, late, createdAt, expiresAt }
}
