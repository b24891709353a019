/** The bytes of one event, made once for all streams that are sent it. */
export interface Frame {
  /** As a chunk of HTTP/1.1. */
  readonly chunk: Buffer
  /** The same bytes for HTTP/1.0, which has no chunks. */
  readonly bare: Buffer
}

/** Encodes the text of an event. */
function frameOf(text: string): Frame {
  const head = `${Buffer.byteLength(text).toString(16)}\r\n`
  const chunk = Buffer.from(`${head}${text}\r\n`)
  return { chunk, bare: chunk.subarray(head.length, -2) }
}

/** A `product` event: `id` names the state, `json` is one line. */
export function productFrame(id: string, json: string): Frame {
  return frameOf(`event: product\nid: ${id}\ndata: ${json}\n\n`)
}

/** A comment line: keeps proxies from closing an idle connection; clients ignore it. */
export const heartbeatFrame: Frame = frameOf(": still here\n\n")

const EARLIEST_RETRY_MS = 1_000
const RETRY_STEP_MS = 100
const RETRY_STEPS = 40

/** When a browser reconnects after the stream has ended. The times differ, or all clients would reconnect at once. */
const retryFrames = Array.from({ length: RETRY_STEPS + 1 }, (_, step) =>
  frameOf(`retry: ${EARLIEST_RETRY_MS + step * RETRY_STEP_MS}\n\n`),
)

/** Tells the browser to reconnect after 1 to 5 seconds; `random` is from 0 to below 1. */
export function retryFrame(random: number): Frame {
  return retryFrames[Math.floor(random * retryFrames.length)] ?? heartbeatFrame
}
