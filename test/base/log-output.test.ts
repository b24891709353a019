import { spawnSync } from "node:child_process"
import { closeSync, constants, openSync, readSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createLog, droppedLinesOf, lineWriter, unwrittenLinesOf } from "../../src/base/log.ts"
import { createLogOutput, type LogOutput } from "../../src/base/log-output.ts"

let directory: string
let pipes = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "doorbuster-log-"))
})
afterAll(() => rm(directory, { recursive: true }))

/** A named pipe with a reader that reads when the test says so, and can be gone and come back. */
function pipe() {
  const path = join(directory, String((pipes += 1)))
  expect(spawnSync("mkfifo", [path]).status).toBe(0)
  const openReader = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  let reader = openReader()
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const buffer = Buffer.alloc(1024 * 1024)
  let text = ""
  return {
    fd,
    read: (): string => {
      try {
        for (let bytes = -1; bytes !== 0;) {
          bytes = readSync(reader, buffer)
          text += buffer.toString("utf8", 0, bytes)
        }
      } catch {
        // Nothing is there at the moment.
      }
      return text
    },
    leave: () => closeSync(reader),
    comeBack: () => (reader = openReader()),
  }
}

const LINES = 5_000
const line = (number: number, level = "info") =>
  `{"level":"${level}","number":${number},"msg":"${"x".repeat(150)}"}\n`
const writeMany = (output: LogOutput) => {
  for (let number = 0; number < LINES; number += 1) output.write(line(number))
}
const numbersIn = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((one) => (JSON.parse(one) as { number: number }).number)

describe.skipIf(process.platform === "win32")("the log", () => {
  test("of a reader that keeps up has every line, in order, each once", async () => {
    const { fd, read } = pipe()
    const output = createLogOutput({ fd })
    const reading = setInterval(read, 1)
    writeMany(output)
    expect(await output.flush(10_000)).toBe(true)
    clearInterval(reading)

    expect(numbersIn(read())).toEqual(Array.from({ length: LINES }, (_, number) => number))
    expect([output.droppedLines, output.waitingLines]).toEqual([0, 0])
  })

  test("of a reader that stands still takes so much memory and no more, counts the rest, and says so when it reads", async () => {
    const { fd, read } = pipe()
    const told: string[] = []
    const back: number[] = []
    const output = createLogOutput({
      fd,
      mostWaitingBytes: 100_000,
      onTrouble: (reason) => told.push(reason),
      onBack: (lines) => back.push(lines),
    })
    writeMany(output)
    // A pipe takes 64 KiB itself.
    expect(output.waitingLines).toBeLessThan(100_000 / line(0).length)
    expect(output.droppedLines).toBeGreaterThan(LINES / 2)
    expect(told).toEqual([expect.stringContaining("lines are dropped")])
    const dropped = output.droppedLines

    const reading = setInterval(read, 5)
    await expect.poll(() => back, { timeout: 10_000 }).toEqual([dropped])
    output.write(line(LINES))
    expect(await output.flush(5_000)).toBe(true)
    clearInterval(reading)

    expect(numbersIn(read())).toHaveLength(LINES - dropped + 1)
    expect(numbersIn(read()).at(-1)).toBe(LINES)
  })

  test("keeps room for warnings where the others are dropped", () => {
    const { fd } = pipe()
    const output = createLogOutput({ fd, mostWaitingBytes: 100_000, onTrouble: () => undefined })
    writeMany(output)
    const before = output.droppedLines
    output.write(line(0))
    expect(output.droppedLines).toBe(before + 1)
    output.write(line(0, "error"))
    expect(output.droppedLines).toBe(before + 1)
  })

  test("is not waited for longer than was said, at the end too", async () => {
    const { fd } = pipe()
    const output = createLogOutput({ fd })
    writeMany(output)
    const startedAt = performance.now()
    expect(await output.flush(300)).toBe(false)
    expect(output.flushNow(200)).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(output.waitingLines).toBeGreaterThan(LINES / 2)
  })

  test("of a reader that is gone keeps nothing, and is there when it comes back", async () => {
    const { fd, read, leave, comeBack } = pipe()
    const told: string[] = []
    const back: number[] = []
    const output = createLogOutput({
      fd,
      onTrouble: (reason) => told.push(reason),
      onBack: (n) => back.push(n),
    })
    leave()
    writeMany(output)
    await expect.poll(() => told).toEqual([expect.stringContaining("EPIPE")])
    writeMany(output)
    expect(output.waitingLines).toBeLessThan(100)
    expect(await output.flush(5_000)).toBe(false)

    comeBack()
    await expect.poll(() => back.length, { timeout: 5_000 }).toBe(1)
    output.write(line(LINES))
    expect(await output.flush(5_000)).toBe(true)
    expect(read()).toContain(`"number":${LINES},`)
    expect(output.droppedLines).toBeGreaterThan(LINES)
  })

  test.skipIf(process.platform !== "linux")(
    "on a full disk goes on and gives up its flush at once",
    async () => {
      const told: string[] = []
      const fd = openSync("/dev/full", "w")
      const output = createLogOutput({ fd, onTrouble: (reason) => told.push(reason) })
      writeMany(output)
      const startedAt = performance.now()
      expect(await output.flush(10_000)).toBe(false)
      expect(output.flushNow(10_000)).toBe(false)
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      expect(told).toEqual([expect.stringContaining("ENOSPC")])
    },
  )

  // The library flushes at this level by itself, which would stop the whole program for as long as nobody reads.
  test("of a reader that stands still takes a fatal line at once, and is asked how much is unwritten", () => {
    const { fd } = pipe()
    const output = createLogOutput({ fd, mostWaitingBytes: 100_000, onTrouble: () => undefined })
    const log = createLog("info", output)
    lineWriter(log)(
      "info",
      Array.from({ length: LINES }, (_, number) => `"number":${number}`),
    )
    const startedAt = performance.now()
    log.fatal("Stopping after a fault.")
    expect(performance.now() - startedAt).toBeLessThan(500)
    expect(droppedLinesOf(log)).toBeGreaterThan(0)
    expect(unwrittenLinesOf(log)).toBe(droppedLinesOf(log) + output.waitingLines)
  })
})
