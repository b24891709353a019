import { ServerResponse, type IncomingMessage } from "node:http"
import type { RecordServed } from "../../metrics/request-durations.ts"

/**
 * An answer that says when its head goes out, to whom its route has said. A hook of the framework for that would
 * cost every request more than the counting itself.
 */
export class MeasuredResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /** When its request came, on the clock of `performance.now()`. */
  readonly arrivedAt = performance.now()
  served: RecordServed | null = null

  override writeHead(...head: [status: number]): this {
    this.served?.(head[0], (performance.now() - this.arrivedAt) / 1_000)
    return super.writeHead(...head)
  }
}
