import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises"
import { isHidden } from "../../domain/product.ts"
import type { ProductWatch } from "../../store/reads/product-watch.ts"
import type { ProductView } from "../../store/reads/views.ts"
import type { ProductTexts } from "../wire/product-texts.ts"
import { heartbeatFrame, retryFrame, type Frame } from "./frames.ts"
import { createChannel, type Channel } from "./product-channel.ts"
import type { Outlet } from "./stream-outlet.ts"
import { createWriteScheduler, type WriteScheduler } from "./write-scheduler.ts"

export interface StreamLimits {
  /** Streams in this process. A connection with its stream takes 9 KiB of the heap, and an open file. */
  readonly mostStreams: number
  /** Watched products: as many as one query can look up four times a second. */
  readonly mostProducts: number
  /** A client with more unread bytes, beside those of its stream's first answer, is disconnected. */
  readonly mostWaitingBytes: number
  /** Time between heartbeats: less than the idle time-out of common proxies. */
  readonly heartbeatMs: number
}

const defaultLimits: StreamLimits = {
  mostStreams: 20_000,
  mostProducts: 5_000,
  mostWaitingBytes: 256 * 1024,
  heartbeatMs: 15_000,
}

/** All open product streams of a process. */
export interface ProductStreams {
  /** Streams that are open. */
  readonly size: number
  /** The state of a product that a stream watches; null for other products. */
  product(id: number): ProductView | null
  /** True when one more stream of these products would be over a limit. */
  isFull(productIds: readonly number[]): boolean
  /**
   * Sends each product, except the one in the state that `lastEventId` names, and then each change. Returns a function
   * to call when the client has disconnected. The stream ends when one of the products is hidden; after `close`, at once.
   */
  open(outlet: Outlet, products: readonly ProductView[], lastEventId: string | undefined): () => void
  /** Ends all streams; resolves when their connections are closed, within half a second or so. */
  close(): Promise<void>
}

export interface ProductStreamsOptions {
  readonly watch: ProductWatch
  readonly texts: ProductTexts
  readonly limits?: Partial<StreamLimits>
  /** Monotonic milliseconds. */
  readonly clock?: () => number
  readonly random?: () => number
}

interface Stream {
  readonly outlet: Outlet
  readonly channels: readonly Channel<Stream>[]
  heartbeatAt: number
  /**
   * Unread bytes of its first answer, which are allowed beside the limit while the client reads: many products with many
   * variants take a megabyte. Looked at with each heartbeat.
   */
  firstBytes: number
}

/** Streams that `close` ends in one turn of the event loop, so that sales go on meanwhile. */
const ENDED_IN_A_TURN = 128
/** `close` breaks connections whose clients have not taken the end of their stream by then. */
const ENDED_WITHIN_MS = 250

/** Makes the streams of a process; none is open. */
export function createProductStreams(options: ProductStreamsOptions): ProductStreams {
  const { watch, clock = () => performance.now(), random = Math.random } = options
  const limits = { ...defaultLimits, ...options.limits }
  const scheduler = createWriteScheduler(clock)
  const streams = new Set<Stream>()
  const channels = createChannels({ ...options, clock }, { scheduler, send })
  const heartbeats = createHeartbeats({ streams, scheduler, clock, send, everyMs: limits.heartbeatMs })
  let isClosed = false

  function send(stream: Stream, frame: Frame | null): void {
    if (frame === null) {
      stream.outlet.end()
      return remove(stream)
    }
    if (stream.outlet.waitingBytes <= limits.mostWaitingBytes + stream.firstBytes)
      return stream.outlet.write(frame)
    stream.outlet.cut()
    remove(stream)
  }

  function remove(stream: Stream): void {
    if (!streams.delete(stream)) return
    for (const channel of stream.channels) {
      channel.remove(stream)
      if (channel.size === 0) channels.remove(channel)
    }
  }

  return {
    get size() {
      return streams.size
    },
    product: (id) => watch.product(id),
    isFull: (productIds) =>
      streams.size >= limits.mostStreams || channels.sizeWith(productIds) > limits.mostProducts,
    open(outlet, products, lastEventId) {
      outlet.write(retryFrame(random()))
      const heartbeatAt = clock() + limits.heartbeatMs
      const watched = products.map((view) => channels.of(view))
      const stream: Stream = { outlet, channels: watched, heartbeatAt, firstBytes: 0 }
      streams.add(stream)
      let isOver = isClosed
      for (const channel of stream.channels) {
        const { id, frame } = channel.current()
        channel.add(stream, id)
        if (frame === null) isOver = true
        else if (id !== lastEventId) outlet.write(frame)
      }
      stream.firstBytes = outlet.waitingBytes
      heartbeats.start()
      if (isOver) outlet.end()
      return () => remove(stream)
    },
    async close() {
      isClosed = true
      scheduler.stop()
      await endAll(streams)
      const until = clock() + ENDED_WITHIN_MS
      while (streams.size > 0 && clock() < until) await sleep(5)
      for (const stream of streams) {
        stream.outlet.cut()
        remove(stream)
      }
    },
  }
}

async function endAll(streams: ReadonlySet<Stream>): Promise<void> {
  let ended = 0
  for (const { outlet } of streams) {
    outlet.end()
    ended += 1
    if (ended % ENDED_IN_A_TURN === 0) await nextTurn()
  }
}

interface ChannelsContext {
  readonly scheduler: WriteScheduler
  readonly send: (stream: Stream, frame: Frame | null) => void
}

/** The channel of each watched product. A channel exists, and its product is watched, while a stream wants it. */
function createChannels(
  { watch, texts, clock }: ProductStreamsOptions & { readonly clock: () => number },
  { scheduler, send }: ChannelsContext,
) {
  const channels = new Map<number, Channel<Stream>>()
  watch.onChange = (id) => channels.get(id)?.changed()

  function read(id: number) {
    const view = watch.product(id)
    if (view === null) return null
    const { product, serverTime } = view
    return { text: texts.of(product, serverTime), serverTime, isHidden: isHidden(product) }
  }

  return {
    of(view: ProductView): Channel<Stream> {
      const { id } = view.product
      const known = channels.get(id)
      if (known !== undefined) return known
      watch.watch(view)
      const channel = createChannel<Stream>({ productId: id, read: () => read(id), send, scheduler, clock })
      channels.set(id, channel)
      return channel
    },
    remove({ productId }: Channel<Stream>): void {
      channels.delete(productId)
      watch.unwatch(productId)
    },
    /** How many products would be watched if these were watched too. */
    sizeWith: (productIds: readonly number[]) =>
      channels.size + productIds.filter((id) => !channels.has(id)).length,
  }
}

/** How many bytes of the first answer are still unread; 0 for a client that has read nothing since the last heartbeat. */
function unreadOfFirst({ outlet, firstBytes }: Stream): number {
  return outlet.waitingBytes < firstBytes ? outlet.waitingBytes : 0
}

interface HeartbeatOptions extends ChannelsContext {
  /** In the order in which their heartbeats are due. */
  readonly streams: Set<Stream>
  readonly clock: () => number
  readonly everyMs: number
}

/** Sends each stream a comment now and then, so that proxies do not close it. */
function createHeartbeats({ streams, scheduler, clock, send, everyMs }: HeartbeatOptions) {
  let isScheduled = false

  const task = {
    serve(most: number): number {
      const now = clock()
      let written = 0
      for (const stream of streams) {
        if (stream.heartbeatAt > now || written === most) break
        streams.delete(stream)
        streams.add(stream)
        stream.heartbeatAt = now + everyMs
        stream.firstBytes = unreadOfFirst(stream)
        send(stream, heartbeatFrame)
        written += 1
      }
      if (written < most) scheduleNext()
      return written
    },
  }

  function scheduleNext(): void {
    const [first] = streams
    isScheduled = first !== undefined
    if (first !== undefined) scheduler.add(task, first.heartbeatAt)
  }

  return {
    /** Call when a stream has been added. */
    start(): void {
      if (!isScheduled) scheduleNext()
    },
  }
}
