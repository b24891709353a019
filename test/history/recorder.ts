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

/** Records the operations of clients on one clock. */
export interface Recorder {
  /** Sends a request to a server and records the operation. Returns the response, and never throws. */
  ask(server: NamedServer, invocation: Invocation): Promise<Response>
  /** Notes that a server has ended: its operations without a response take effect soon after this or never. */
  serverEnded(name: string): void
  /** Responses that no client may ever get: status 500, and errors that are not a problem document. */
  faults(): readonly string[]
  history(products: readonly ProductRecord[]): History
}

/** A server that may be killed. The server that replaces it has another name. */
export interface NamedServer {
  readonly name: string
  readonly client: TestClient
}

/** The longest time after a server's end in which PostgreSQL may still commit what it has sent. */
const COMMITTED_WITHIN_MS = 2_000

/** Makes a recorder with an empty history. */
export function createRecorder(): Recorder {
  const operations: { operation: Operation; server: string }[] = []
  const ends = new Map<string, Moment>()
  const faults: string[] = []

  function checked(response: TestAnswer): Response {
    const { status, body } = response
    if (status !== 500 && (status < 400 || body.code !== undefined)) return read(response)
    faults.push(`${status}: ${JSON.stringify(body)}`)
    return { kind: "unknown" }
  }

  return {
    async ask({ name, client }, invocation) {
      const startedAt = performance.now()
      const response = await send(client, invocation).then(checked, unansweredBy)
      // The request never reached a server, so there is no operation to record.
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
        return Object.assign({}, operation, { endedAt: end + COMMITTED_WITHIN_MS })
      }),
    }),
  }
}

function send(client: TestClient, invocation: Invocation): Promise<TestAnswer> {
  switch (invocation.kind) {
    case "hold": {
      const request: TestRequest =
        invocation.key === null ? {} : { headers: { "idempotency-key": invocation.key } }
      return client.post("/api/holds", holdBody(invocation), request)
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
      const { productId, variantId, stock, expected } = invocation
      const variant = variantId === undefined ? "" : `/variants/${variantId}`
      return client.post(`/api/admin/products/${productId}${variant}/stock`, { stock, expected })
    }
  }
}

function holdBody({ productId, qty, lines }: Extract<Invocation, { kind: "hold" }>): object {
  if (lines === undefined) return { product_id: productId, qty }
  return {
    product_id: productId,
    lines: lines.map((line) => ({ variant_id: line.variantId, qty: line.qty })),
  }
}

/** An unknown response; null if there was no connection, so that no request was sent. */
function unansweredBy(error: unknown): Response | null {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED"
    ? null
    : { kind: "unknown" }
}

/** `unavailable` leaves open whether the operation took effect; `overloaded` says that it did not. */
function read({ status, body, headers }: TestAnswer): Response {
  if (status >= 400) {
    if (body.code === "unavailable") return { kind: "unknown" }
    return {
      kind: "refused",
      code: body.code,
      ...(body.available_stock !== undefined && { available: body.available_stock }),
      ...(body.lines !== undefined && {
        lacking: body.lines.map((line: TestAnswer["body"]) => ({
          variantId: line.variant_id,
          available: line.available,
        })),
      }),
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
  const variants = body.variants?.map((variant: TestAnswer["body"]) => ({
    id: variant.id,
    stock: variant.stock,
    available: variant.available_stock,
    held: variant.reserved_stock,
    sold: variant.sold_stock,
  }))
  return { kind: "product", stock, available, held, sold, ...(variants !== undefined && { variants }) }
}

function holdSeen(body: TestAnswer["body"]): HoldSeen {
  const { hold_id: id, qty, status } = body
  const lines = body.lines?.map((line: TestAnswer["body"]) => ({ variantId: line.variant_id, qty: line.qty }))
  const [createdAt, expiresAt] = [Date.parse(body.created_at), Date.parse(body.expires_at)]
  return { id, qty, status, createdAt, expiresAt, ...(lines !== undefined && { lines }) }
}

function orderSeen(body: TestAnswer["body"]): OrderSeen {
  const { order_id: id, hold_id: holdId, status, late } = body
  const [createdAt, expiresAt] = [Date.parse(body.created_at), Date.parse(body.expires_at)]
  return { id, holdId, status, late, createdAt, expiresAt }
}
