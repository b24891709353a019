import { fstatSync, write, writeSync } from "node:fs"
import { writeToStderr } from "./standard-streams.ts"

/**
 * Where log lines go: a bounded queue in front of a file descriptor. Callers never wait, and never fail.
 *
 * While the descriptor takes nothing (its reader stands still or is gone, the disk is full), lines wait until the
 * queue is full and are then dropped and counted. It is tried again until it works. sonic-boom, pino's own
 * destination, is not used because its last flush retries without end, which kept a stopped server alive for ever.
 */
export interface LogOutput {
  /** Takes one or more whole lines. */
  write(text: string): void
  /** Lines that were dropped since the start. */
  readonly droppedLines: number
  /** Bytes that wait to be written. */
  readonly waitingBytes: number
  /** Lines that wait to be written; counted when asked for. */
  readonly waitingLines: number
  /** Writes what waits. True when all of it is written; false after `withinMs`, or at once where writing fails. */
  flush(withinMs: number): Promise<boolean>
  /** As {@link flush}, for the end of a process, where nothing asynchronous runs any more. Blocks for `withinMs` at most. */
  flushNow(withinMs: number): boolean
}

export interface LogOutputOptions {
  readonly fd: number
  /** Called before each write, to keep it from blocking where that is not certain. */
  readonly beforeWrite?: () => void
  /** Bytes of waiting lines; beyond them lines are dropped. 64 MiB if not given. */
  readonly mostWaitingBytes?: number
  /** Called with the number of lines lost, when lines are taken again. */
  readonly onBack?: (droppedLines: number) => void
  /** Called once for each outage with the reason, when it is noticed. Standard error is told if not given. */
  readonly onTrouble?: (reason: string) => void
}

const FLUSH_MS = 50
/** What a pipe takes in one piece, so that lines of several processes do not run into each other. */
export const PIPE_BYTES = 4_096
/** A file takes any number; fewer, larger writes cost less. */
const FILE_BYTES = 64 * 1024
/** Of the lines that come in great numbers. */
const LONGEST_LINE = 512
const MOST_WAITING_BYTES = 64 * 1024 * 1024
/** Warnings and errors find room where lines of level info no longer do. */
const KEPT_FOR_WARNINGS = 1 / 8
/** A pipe whose reader stands still is tried again so often, as sonic-boom does. */
const RETRY_FULL_MS = 100
/** A closed pipe or a full disk may come back, but hardly at once. */
const RETRY_FAILED_MS = 1_000
const LOOK_AGAIN_MS = 5

/** A full pipe (EAGAIN): its reader may go on reading at any moment. */
function isFull(error: unknown): boolean {
  return codeOf(error) === "EAGAIN" || codeOf(error) === "EBUSY"
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error)
}

/** Opens the queue in front of `fd`, which must not block: it would hold one of Node's threads. */
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
  /** Whole lines, in pieces of at most `#pieceBytes` where no line is longer. */
  #pieces: string[] = []
  #lastPieceBytes = 0
  #waitingBytes = 0
  /** What is left of the piece that is being written. */
  #current: Buffer | null = null
  #state: "idle" | "writing" | "trying again" = "idle"
  #timer: NodeJS.Timeout | null = null
  /** Why the last write failed, other than because a pipe was full. */
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
    // What is under way is written by another thread, and nothing hears of its end any more.
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
    // Where nothing is read any more, what waits would only take memory.
    if (this.#failure === "EPIPE") return this.#pieceBytes
    if (this.#waitingBytes < this.#limitForInfo / 2) return this.#mostWaitingBytes
    return /^\{"level":"(?:info|debug|trace)"/.test(text) ? this.#limitForInfo : this.#mostWaitingBytes
  }

  #drop(text: string): void {
    const lines = linesIn(text)
    this.#droppedLines += lines
    this.#droppedUntold += lines
    this.#tellTrouble("The log is not read as fast as it is written; lines are dropped until it is.")
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
    this.#tellTrouble(`The log cannot be written (${error.message}); it is tried again until it can.`)
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
