import { ServerResponse, type IncomingMessage } from "node:http"
import type { RecordServed } from "../../metrics/request-durations.ts"

/**
 * A response that reports its status and duration to `served` when its head is sent. A hook of the framework would
 * take more time per request than the counting itself.
 */
export class MeasuredResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /** When the request arrived, on the clock of `performance.now()`. */
  readonly arrivedAt = performance.now()
  served: RecordServed | null = null

  override writeHead(...head: [status: number]): this {
    this.served?.(head[0], (performance.now() - this.arrivedAt) / 1_000)
    return super.writeHead(...head)
  }
}
