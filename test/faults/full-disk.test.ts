import { execFile } from "node:child_process"
import { appendFile, truncate } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { startTestApp } from "../support/app.ts"
import { differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { startEndlessCrowd } from "../support/endless-crowd.ts"

const run = promisify(execFile)

/** Mounts a small file system in memory; null if this account may not. */
async function smallDisk(megabytes: number) {
  const directory = await temporaryDirectory()
  const options = `size=${megabytes}m,mode=0711`
  const refusal = await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory.path]).catch(String)
  if (typeof refusal === "string") return null
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      await run("umount", ["--lazy", directory.path])
      await directory[Symbol.asyncDispose]()
    },
  }
}

/** Writes a file until the disk is full. */
async function fill(path: string): Promise<void> {
  const megabyte = Buffer.alloc(1_000_000, 1)
  const write = () => appendFile(path, megabyte).then(() => true, hasRoom)
  while (await write());
}

function hasRoom(error: unknown): false {
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") return false
  throw error
}

test(
  "the disk is full while a crowd buys: 503 until there is space, then sales continue, and no acknowledged hold is lost",
  { timeout: 120_000 },
  async ({ skip }) => {
    await using disk = await smallDisk(192)
    if (disk === null) return skip("needs the right to mount a small disk (root)")
    const dataDirectory = join(disk.path, "data")
    await using postgres = await startEmbeddedPostgres({ dataDirectory, role: "owner" })
    await using app = await startTestApp({ databaseUrl: postgres.url, worker: true })
    const settings = {
      name: "Full",
      price_minor: 9999,
      currency: "EUR",
      stock: 1_000_000,
      hold_ttl_seconds: 600,
    }
    const { body: product } = await app.post("/api/admin/products", settings)
    const crowd = startEndlessCrowd(app, product.id)
    await crowd.until(() => crowd.acknowledged.length > 300)

    const ballast = join(disk.path, "ballast")
    await fill(ballast)
    await crowd.until(() => crowd.refused.length > 40)
    const soFar = crowd.acknowledged.length
    await truncate(ballast, 0)
    // PostgreSQL stops for good if it cannot even recover; then it is started again.
    const roomAt = performance.now()
    await crowd.until(() => crowd.acknowledged.length > soFar)
    const sellsAfterMs = performance.now() - roomAt
    await crowd.until(() => crowd.acknowledged.length > soFar + 300)
    await crowd.stop()
    expect(sellsAfterMs).toBeLessThan(10_000)

    for (const refusal of crowd.refused) {
      expect(refusal).toMatchObject({
        status: 503,
        code: expect.stringMatching(/^(unavailable|overloaded)$/),
        retryAfter: "1",
      })
    }
    expect(await crowd.missing(crowd.acknowledged)).toEqual([])
    expect(await differencesIn(postgres.url)).toEqual([])
    await app.app.stop()
  },
)
