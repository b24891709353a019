import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises"
import type { ProductWatch } from "../../store/reads/product-watch.ts"
import type { ProductView } from "../../store/reads/views.ts"
import type { ProductTexts } from "../wire/wire.ts"
import { createChannel, type Channel } from "./channel.ts"
import { heartbeatFrame, retryFrame, type Frame } from "./frames.ts"
import type { Outlet } from "./outlet.ts"
import { createPace } from "./pace.ts"

export interface LiveLimits {
  /** Streams a process holds; a connection with its stream takes 9 KiB of the heap, and an open file. */
  readonly mostStreams: number
  /** Products watched at one time: as many as one query can look up four times a second. */
  readonly mostProducts: number
  /** More than the largest snapshot; a client for which more waits is dropped. Waiting bytes are shared. */
  readonly mostWaitingBytes: number
  /** Less than the idle time of common proxies. */
  readonly heartbeatMs: number
}

const usual: LiveLimits = {
  mostStreams: 20_000,
  mostProducts: 5_000,
  mostWaitingBytes: 256 * 1024,
  heartbeatMs: 15_000,
}

/** All open streams of a process. */
export interface Live {
  /** Streams that are open. */
  readonly size: number
  /** What is known of a product that somebody watches. */
  product(id: number): ProductView | null
  /** Whether a stream of these products would be one too many. */
  isFull(productIds: readonly number[]): boolean
  /**
   * Sends the products as they are, except the one in the state that `known` names, and from then on
   * each change. Returns what to call when the client has gone. A closed Live ends the stream at once.
   */
  open(outlet: Outlet, products: readonly ProductView[], known: string | undefined): () => void
  /** Ends all streams; resolves when their connections are closed, within half a second or so. */
  close(): Promise<void>
}

export interface LiveParts {
  readonly watch: ProductWatch
  readonly texts: ProductTexts
  readonly limits?: Partial<LiveLimits>
  /** Milliseconds, never going back. */
  readonly clock?: () => number
  readonly random?: () => number
}

interface Stream {
  readonly outlet: Outlet
  readonly channels: readonly Channel<Stream>[]
  beatAt: number
}

/** Streams that are ended in one turn of the event loop. */
const ENDED_IN_A_TURN = 128
/** A stopping process waits so long for clients to take the end of their streams. */
const ENDED_WITHIN_MS = 250

/** Nobody watches at first. */
export function createLive(parts: LiveParts): Live {
  const { watch, texts, clock = () => performance.now(), random = Math.random } = parts
  const limits = { ...usual, ...parts.limits }
  const pace = createPace(clock)
  const channels = new Map<number, Channel<Stream>>()
  /** In the order in which their heartbeats are due. */
  const streams = new Set<Stream>()
  let isBeating = false
  let isClosed = false
  watch.onChange = (id) => channels.get(id)?.changed()

  function channelOf(view: ProductView): Channel<Stream> {
    const { id } = view.product
    const known = channels.get(id)
    if (known !== undefined) return known
    watch.watch(view)
    const channel = createChannel<Stream>({
      productId: id,
      read() {
        const now = watch.product(id)
        return now && { text: texts.of(now.product, now.serverTime), serverTime: now.serverTime }
      },
      send,
      pace,
      clock,
    })
    channels.set(id, channel)
    return channel
  }

  function send(stream: Stream, frame: Frame): void {
    if (stream.outlet.waitingBytes <= limits.mostWaitingBytes) return stream.outlet.write(frame)
    stream.outlet.cut()
    leave(stream)
  }

  function leave(stream: Stream): void {
    if (!streams.delete(stream)) return
    for (const channel of stream.channels) {
      channel.remove(stream)
      if (channel.size > 0) continue
      channels.delete(channel.productId)
      watch.unwatch(channel.productId)
    }
  }

  const beat = {
    serve(most: number): number {
      const now = clock()
      let written = 0
      for (const stream of streams) {
        if (stream.beatAt > now || written === most) break
        streams.delete(stream)
        streams.add(stream)
        stream.beatAt = now + limits.heartbeatMs
        send(stream, heartbeatFrame)
        written += 1
      }
      if (written < most) waitForNextBeat()
      return written
    },
  }

  function waitForNextBeat(): void {
    const [first] = streams
    isBeating = first !== undefined
    if (first !== undefined) pace.add(beat, first.beatAt)
  }

  return {
    get size() {
      return streams.size
    },
    product: (id) => watch.product(id),
    isFull(productIds) {
      const added = productIds.filter((id) => !channels.has(id)).length
      return streams.size >= limits.mostStreams || channels.size + added > limits.mostProducts
    },
    open(outlet, products, known) {
      outlet.write(retryFrame(random()))
      const stream = { outlet, channels: products.map(channelOf), beatAt: clock() + limits.heartbeatMs }
      streams.add(stream)
      for (const channel of stream.channels) {
        const { name, frame } = channel.newest()
        channel.add(stream, name)
        if (name !== known) outlet.write(frame)
      }
      if (!isBeating) waitForNextBeat()
      if (isClosed) outlet.end()
      return () => leave(stream)
    },
    async close() {
      isClosed = true
      pace.stop()
      let ended = 0
      for (const { outlet } of streams) {
        outlet.end()
        ended += 1
        if (ended % ENDED_IN_A_TURN === 0) await nextTurn()
      }
      const until = clock() + ENDED_WITHIN_MS
      while (streams.size > 0 && clock() < until) await sleep(5)
      for (const stream of streams) {
        stream.outlet.cut()
        leave(stream)
      }
    },
  }
}
