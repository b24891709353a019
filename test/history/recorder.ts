import type {
  Response,
  Invocation,
  Operation,
  History,
  HoldSeen,
  Moment,
  OrderSeen,
  ProductRecord,
} from "./checker/operations.ts"
import type { TestAnswer, TestClient, TestRequest } from "../support/http.ts"

/** Writes down what clients ask and are answered, all on one clock. */
export interface Recorder {
  /** Asks a server, named so that its end can be noted. Returns what became of it, and never throws. */
  ask(server: NamedServer, invocation: Invocation): Promise<Response>
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
  const operations: { operation: Operation; server: string }[] = []
  const ends = new Map<string, Moment>()
  const faults: string[] = []

  function heard(response: TestAnswer): Response {
    const { status, body } = response
    if (status !== 500 && (status < 400 || body.code !== undefined)) return read(response)
    faults.push(`${status}: ${JSON.stringify(body)}`)
    return { kind: "unknown" }
  }

  return {
    async ask({ name, client }, invocation) {
      const startedAt = performance.now()
      const response = await send(client, invocation).then(heard, brokenOff)
      // Nobody has heard it.
      if (response === null) return { kind: "unknown" }
      const endedAt = response.kind === "unknown" ? Infinity : performance.now()
      operations.push({
        operation: { number: operations.length, startedAt, endedAt, invocation, response },
        server: name,
      })
      return response
    },
    serverEnded: (name) => void ends.set(name, performance.now()),
    faults: () => faults,
    history: (products) => ({
      products,
      operations: operations.map(({ operation, server }) => {
        const end = ends.get(server)
        if (end === undefined || operation.response.kind !== "unknown") return operation
        return Object.assign({}, operation, { endedAt: end + LEFT_BEHIND_MS })
      }),
    }),
  }
}

function send(client: TestClient, invocation: Invocation): Promise<TestAnswer> {
  switch (invocation.kind) {
    case "hold": {
      const request: TestRequest =
        invocation.key === null ? {} : { headers: { "idempotency-key": invocation.key } }
      return client.post("/api/holds", { product_id: invocation.productId, qty: invocation.qty }, request)
    }
    case "release":
      return client.send("DELETE", `/api/holds/${invocation.holdId}`)
    case "read_hold":
      return client.get(`/api/holds/${invocation.holdId}`)
    case "order":
      return client.post("/api/orders", { hold_id: invocation.holdId })
    case "cancel":
      return client.post(`/api/orders/${invocation.orderId}/cancel`)
    case "read_order":
      return client.get(`/api/orders/${invocation.orderId}`)
    case "pay": {
      const event = { idempotency_key: invocation.key, order_id: invocation.orderId, status: "success" }
      return client.post("/api/payments/webhook", event)
    }
    case "read_product":
      return client.get(`/api/products/${invocation.productId}`)
    case "set_stock": {
      const { stock, expected } = invocation
      return client.post(`/api/admin/products/${invocation.productId}/stock`, { stock, expected })
    }
  }
}

/** Null: there was no connection, so nothing was asked. */
function brokenOff(error: unknown): Response | null {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED"
    ? null
    : { kind: "unknown" }
}

/** `unavailable` says that nobody knows; `overloaded`, that nothing has happened. */
function read({ status, body, headers }: TestAnswer): Response {
  if (status >= 400) {
    if (body.code === "unavailable") return { kind: "unknown" }
    return {
      kind: "refused",
      code: body.code,
      ...(body.available_stock !== undefined && { available: body.available_stock }),
      ...(typeof body.order_id === "number" && { orderId: body.order_id }),
    }
  }
  if (body.order_id !== undefined && body.outcome === undefined) {
    return { kind: "order", order: orderSeen(body), created: status === 201 }
  }
  if (body.hold_id !== undefined)
    return { kind: "hold", hold: holdSeen(body), replayed: headers["idempotent-replayed"] === "true" }
  if (body.outcome !== undefined) {
    const { outcome, duplicate, late = false, status: orderStatus = null } = body
    return { kind: "payment", outcome, orderStatus, late, duplicate }
  }
  const { stock, available_stock: available, reserved_stock: held, sold_stock: sold } = body
  return { kind: "product", stock, available, held, sold }
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
