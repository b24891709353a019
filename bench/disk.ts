import { fdatasyncSync, openSync, rmSync, writeSync, closeSync } from "node:fs"
import { resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

// Measures what a commit costs on the disk of the working directory: `npm run bench:disk` writes 16 KiB and waits
// until they are flushed, as PostgreSQL does for each batch, 300 times a second for ten seconds.

const SECONDS = 10
const EVERY_MS = 3
/** A wait that shows in the tail of the latencies of buyers. */
const LONG_MS = 25

const file = resolve(`.doorbuster-bench-disk-${process.pid}`)
const piece = Buffer.alloc(16 * 1024, 1)
const room = 16 * 1024 * 1024
const descriptor = openSync(file, "w")
const waits: number[] = []
try {
  // PostgreSQL writes into existing files, so the file gets its full size first.
  writeSync(descriptor, Buffer.alloc(room), 0, room, 0)
  fdatasyncSync(descriptor)
  const until = performance.now() + SECONDS * 1000
  for (let count = 0; performance.now() < until; count += 1) {
    const startedAt = performance.now()
    writeSync(descriptor, piece, 0, piece.length, (count * piece.length) % room)
    fdatasyncSync(descriptor)
    const waited = performance.now() - startedAt
    waits.push(waited)
    if (waited < EVERY_MS) await sleep(EVERY_MS - waited)
  }
} finally {
  closeSync(descriptor)
  rmSync(file)
}
waits.sort((a, b) => a - b)
const at = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2)
const long = waits.filter((ms) => ms > LONG_MS)
const share = long.reduce((sum, ms) => sum + ms, 0) / (SECONDS * 10)
process.stdout.write(
  `${waits.length} flushes: half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms, the longest ${at(1 - 1e-9)} ms; ` +
    `${long.length} took more than ${LONG_MS} ms, ${share.toFixed(1)} % of the time\n`,
)
