import Fastify from "fastify"
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { connect } from "node:net"
import type { AddressInfo } from "node:net"
import { describe, expect, test } from "vitest"
import { listen } from "../../src/base/listening-sockets.ts"
import { createTestDatabase } from "../support/database.ts"
import { startServerProcess } from "../support/server-process.ts"

/** More than Node's own backlog of 511. */
const CROWD = 1_500

describe.skipIf(process.platform !== "linux")("a crowd at the door", () => {
  test("comes in by many in a turn of the event loop, so that nobody waits behind those who are in", async () => {
    const app = Fastify()
    let arrived = 0
    app.server.on("connection", () => (arrived += 1))
    const sockets = await listen(app, { host: "127.0.0.1", port: 0 })
    try {
      const { port } = app.server.address() as AddressInfo
      // This thread stands still meanwhile, so that all of them wait in the kernel.
      comeAndGo(port, 640)
      expect(arrived).toBe(0)

      let turns = 0
      for (; arrived < 640 && turns < 640; turns += 1) await new Promise(setImmediate)

      expect(arrived).toBe(640)
      expect(turns).toBeLessThan(100)
    } finally {
      await Promise.all([sockets.close(), app.close()])
    }
  })

  test.skipIf(mostWaiting() < CROWD).each([1, 2])(
    "finds room while %i processes are busy with something else",
    { timeout: 60_000 },
    async (processes) => {
      await using database = await createTestDatabase()
      const environment = { DATABASE_URL: database.url, PROCESSES: String(processes) }
      await using server = await startServerProcess(environment)
      const { hostname, port } = new URL(server.url)
      server.child.kill("SIGSTOP")

      const startedAt = performance.now()
      const sockets = Array.from({ length: CROWD }, () => connect(Number(port), hostname))
      try {
        await Promise.all(sockets.map((socket) => once(socket, "connect")))
        // Whoever found no room would have come at the second attempt of TCP, after a second.
        expect(performance.now() - startedAt).toBeLessThan(900)
      } finally {
        server.child.kill("SIGCONT")
        for (const socket of sockets) socket.destroy()
      }
      expect((await server.get("/livez")).status).toBe(200)
      expect(await server.end("SIGTERM")).toBe(0)
    },
  )

  test("a port where somebody listens is not shared with a second server", async () => {
    const [first, second] = [Fastify(), Fastify()]
    const sockets = await listen(first, { host: "127.0.0.1", port: 0 })
    try {
      const { port } = first.server.address() as AddressInfo
      await expect(listen(second, { host: "127.0.0.1", port })).rejects.toMatchObject({
        code: "EADDRINUSE",
      })
    } finally {
      await Promise.all([sockets.close(), first.close(), second.close()])
    }
  })
})

/** Visitors from another process, who are gone when this returns. */
function comeAndGo(port: number, count: number): void {
  const visit = `
    let open = 0
    for (let index = 0; index < ${count}; index += 1) {
      require("node:net").connect(${port}, "127.0.0.1").on("connect", () => (open += 1) === ${count} && process.exit())
    }`
  const { status } = spawnSync(process.execPath, ["-e", visit], { timeout: 20_000 })
  expect(status).toBe(0)
}

/** How many connections may wait for one listener here. */
function mostWaiting(): number {
  return process.platform === "linux" ? Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8")) : 0
}
