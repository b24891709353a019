import { fstatSync, write, writeSync } from "node:fs"
import { writeToStderr } from "./standard-streams.ts"

/**
 * The destination of log lines: a bounded queue in front of a file descriptor. A write never waits and never throws.
 *
 * While nothing can be written (the reader stands still or is gone, the disk is full), lines wait until the queue is
 * full; further lines are dropped and counted. Writing is retried until it works. sonic-boom, pino's own destination,
 * is not used because its last flush retries without end, which kept a stopped server alive for ever.
 */
export interface LogOutput {
  /** Takes one or more whole lines. */
  write(text: string): void
  /** Lines that were dropped since the start. */
  readonly droppedLines: number
  /** Bytes that wait to be written. */
  readonly waitingBytes: number
  /** Lines that wait to be written; counted at each read of this property. */
  readonly waitingLines: number
  /** Writes the waiting lines. True when all are written; false after `withinMs`, or at once if writing fails. */
  flush(withinMs: number): Promise<boolean>
  /** As {@link flush}, but synchronous, for the end of a process. Blocks for `withinMs` at most. */
  flushNow(withinMs: number): boolean
}

export interface LogOutputOptions {
  readonly fd: number
  /** Called before each write, to set the descriptor to non-blocking mode. */
  readonly beforeWrite?: () => void
  /** Most bytes of waiting lines; further lines are dropped. 64 MiB if not given. */
  readonly mostWaitingBytes?: number
  /** Called at the end of an outage, with the number of lines that were dropped. */
  readonly onBack?: (droppedLines: number) => void
  /** Called at the beginning of each outage with the reason. If not given, the reason goes to standard error. */
  readonly onTrouble?: (reason: string) => void
}

const FLUSH_MS = 50
/** A write of up to this size to a pipe is atomic, so lines of several processes do not mix. */
export const PIPE_BYTES = 4_096
/** A file takes writes of any size; fewer, larger ones cost less. */
const FILE_BYTES = 64 * 1024
/** Upper bound of the lines that are written for each hold or order. */
const LONGEST_LINE = 512
const MOST_WAITING_BYTES = 64 * 1024 * 1024
/** This share of the queue is only for warnings and errors. */
const KEPT_FOR_WARNINGS = 1 / 8
/** Pause before the next write to a full pipe, as in sonic-boom. */
const RETRY_FULL_MS = 100
/** Pause after another failure: a closed pipe or a full disk takes longer to recover. */
const RETRY_FAILED_MS = 1_000
const LOOK_AGAIN_MS = 5

/** True if the pipe is full. Its reader may go on reading at any moment. */
function isFull(error: unknown): boolean {
  return codeOf(error) === "EAGAIN" || codeOf(error) === "EBUSY"
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error)
}

/** Opens the queue in front of `fd`, which must be non-blocking: a blocked write would occupy one of Node's threads. */
export function createLogOutput(options: LogOutputOptions): LogOutput {
  return new Output(options)
}

class Output implements LogOutput {
  readonly #fd: number
  readonly #beforeWrite: () => void
  readonly #mostWaitingBytes: number
  readonly #limitForInfo: number
  readonly #pieceBytes: number
  readonly #onBack: (droppedLines: number) => void
  readonly #onTrouble: (reason: string) => void
  /** Whole lines, in pieces of at most `#pieceBytes` unless one line is longer. */
  #pieces: string[] = []
  #lastPieceBytes = 0
  #waitingBytes = 0
  /** The rest of the piece that is being written. */
  #current: Buffer | null = null
  #state: "idle" | "writing" | "trying again" = "idle"
  #timer: NodeJS.Timeout | null = null
  /** Code of the last write's error; null if it succeeded or the pipe was full. */
  #failure: string | null = null
  #isTroubleTold = false
  #droppedLines = 0
  #droppedUntold = 0
  readonly #flushes = new Set<(isDone: boolean) => void>()

  constructor({ mostWaitingBytes = MOST_WAITING_BYTES, ...options }: LogOutputOptions) {
    const { fd, beforeWrite, onBack, onTrouble } = options
    this.#fd = fd
    this.#beforeWrite = beforeWrite ?? (() => undefined)
    this.#mostWaitingBytes = mostWaitingBytes
    this.#limitForInfo = mostWaitingBytes * (1 - KEPT_FOR_WARNINGS)
    this.#pieceBytes = fstatSync(fd).isFile() ? FILE_BYTES : PIPE_BYTES
    this.#onBack = onBack ?? (() => undefined)
    this.#onTrouble = onTrouble ?? ((reason) => writeToStderr(`doorbuster: ${reason}`))
  }

  get droppedLines(): number {
    return this.#droppedLines
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  get waitingLines(): number {
    return this.#pieces.reduce((sum, text) => sum + linesIn(text), linesIn(this.#current?.toString() ?? ""))
  }

  write(text: string): void {
    const bytes = Buffer.byteLength(text)
    if (this.#waitingBytes + bytes > this.#roomFor(text)) return this.#drop(text)
    if (this.#pieces.length > 0 && this.#lastPieceBytes + bytes <= this.#pieceBytes) {
      this.#pieces[this.#pieces.length - 1] += text
      this.#lastPieceBytes += bytes
    } else {
      this.#pieces.push(text)
      this.#lastPieceBytes = bytes
    }
    this.#waitingBytes += bytes
    if (this.#state !== "idle") return
    if (this.#isEnough) this.#writeNext()
    else if (this.#timer === null) this.#later(FLUSH_MS)
  }

  flush(withinMs: number): Promise<boolean> {
    if (this.#waitingBytes === 0) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const deadline = setTimeout(() => resolve(false), withinMs)
    this.#flushes.add(resolve)
    if (this.#state !== "writing") this.#writeNext()
    return promise.finally(() => {
      clearTimeout(deadline)
      this.#flushes.delete(resolve)
    })
  }

  flushNow(withinMs: number): boolean {
    // Another thread is writing the current piece, but its callback will not run any more: count it as written.
    if (this.#state === "writing" && this.#current !== null) this.#advance(this.#current.length)
    const deadline = performance.now() + withinMs
    while ((this.#current ??= this.#takePiece()) !== null) {
      try {
        this.#beforeWrite()
        this.#advance(writeSync(this.#fd, this.#current))
      } catch (error) {
        if (!isFull(error) || performance.now() > deadline) return false
        pause(LOOK_AGAIN_MS)
      }
    }
    return true
  }

  get #isEnough(): boolean {
    return this.#waitingBytes >= this.#pieceBytes - LONGEST_LINE
  }

  #roomFor(text: string): number {
    // The reader is gone, so a long queue would only take memory.
    if (this.#failure === "EPIPE") return this.#pieceBytes
    if (this.#waitingBytes < this.#limitForInfo / 2) return this.#mostWaitingBytes
    return /^\{"level":"(?:info|debug|trace)"/.test(text) ? this.#limitForInfo : this.#mostWaitingBytes
  }

  #drop(text: string): void {
    const lines = linesIn(text)
    this.#droppedLines += lines
    this.#droppedUntold += lines
    this.#tellTrouble("The reader of the log is too slow, so lines are dropped until it catches up.")
  }

  #tellTrouble(reason: string): void {
    if (this.#isTroubleTold) return
    this.#isTroubleTold = true
    this.#onTrouble(reason)
  }

  #later(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#writeNext(), milliseconds).unref()
  }

  #writeNext(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#current ??= this.#takePiece()
    this.#state = this.#current === null ? "idle" : "writing"
    if (this.#current === null) return
    this.#beforeWrite()
    write(this.#fd, this.#current, (error, bytes) => this.#written(error, bytes))
  }

  #takePiece(): Buffer | null {
    const text = this.#pieces.shift()
    return text === undefined ? null : Buffer.from(text)
  }

  #written(error: NodeJS.ErrnoException | null, bytes: number): void {
    if (error !== null) return this.#retryAfter(error)
    this.#failure = null
    this.#advance(bytes)
    const isWanted = this.#flushes.size > 0 && this.#waitingBytes > 0
    if (this.#current !== null || this.#isEnough || isWanted) {
      this.#writeNext()
    } else {
      this.#state = "idle"
      if (this.#waitingBytes > 0) this.#later(FLUSH_MS)
      else this.#endFlushes(true)
    }
    if (this.#isTroubleTold && this.#waitingBytes < this.#limitForInfo / 2) this.#tellThatItIsBack()
  }

  #advance(bytes: number): void {
    this.#waitingBytes -= bytes
    const left = this.#current?.subarray(bytes)
    this.#current = left === undefined || left.length === 0 ? null : left
  }

  #retryAfter(error: NodeJS.ErrnoException): void {
    this.#state = "trying again"
    if (isFull(error)) return this.#later(RETRY_FULL_MS)
    this.#failure = codeOf(error)
    this.#tellTrouble(`The log cannot be written (${error.message}). Writing is retried until it works.`)
    if (this.#failure === "EPIPE") this.#dropPieces()
    this.#endFlushes(false)
    this.#later(RETRY_FAILED_MS)
  }

  /** The reader is gone. Keeps the piece that failed, and writes it again until a reader takes it. */
  #dropPieces(): void {
    for (const text of this.#pieces.splice(0)) this.#drop(text)
    this.#waitingBytes = this.#current?.length ?? 0
  }

  #tellThatItIsBack(): void {
    const lost = this.#droppedUntold
    this.#isTroubleTold = false
    this.#droppedUntold = 0
    this.#onBack(lost)
  }

  #endFlushes(isDone: boolean): void {
    for (const end of this.#flushes) end(isDone)
    this.#flushes.clear()
  }
}

function linesIn(text: string): number {
  return text.split("\n").length - 1
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
