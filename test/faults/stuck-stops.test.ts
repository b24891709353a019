import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { closeSync, constants, openSync, writeSync } from "node:fs"
import { connect, createServer, type AddressInfo, type Socket } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { startDatabaseProxy } from "../../src/proof/rehearsal/database-proxy.ts"
import { freePort } from "../support/free-port.ts"
import { offerUnits, startCrowd } from "../support/crowd.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { STRIPE_KEY } from "../support/fake-stripe.ts"
import { createClient } from "../support/http.ts"
import { descendantsOf, expectGone, startServerProcesses } from "../support/processes.ts"

// A stop ends within SHUTDOWN_SECONDS even if a part of the server hangs, and the output says what it gave up.

const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))

const HOLDS = 1_500
const SHUTDOWN_SECONDS = 6
/** Additional time for a busy machine. */
const SLACK_MS = 2_500
const bounded = { SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS), HOLD_TTL_SECONDS: "600" }

interface Ending {
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

async function endInTime(
  server: Ending,
  seconds = SHUTDOWN_SECONDS,
): Promise<number | NodeJS.Signals | null> {
  const startedAt = performance.now()
  const status = await server.end("SIGTERM")
  expect(performance.now() - startedAt).toBeLessThan(seconds * 1_000 + SLACK_MS)
  return status
}

describe.each([1, 2])("%i processes", (processes) => {
  test("the log is not read: every hold is answered, and a stop ends in time and reports the lines not written", async () => {
    await using database = await createTestDatabase()
    await using server = await startServerProcesses(processes, { DATABASE_URL: database.url, ...bounded })
    const family = await descendantsOf(server.child.pid ?? 0)
    const productId = await offerUnits(server, HOLDS)
    server.child.stdout?.pause()

    const { statuses } = await startCrowd(server, productId, HOLDS, () => undefined).done

    expect(statuses).toEqual({ "201": HOLDS })
    expect(await endInTime(server)).toBe(0)
    expect(server.output()).toMatch(
      /^doorbuster: stopped in order; \d{3,} log lines could not be written\.$/m,
    )
    await expectGone(family)
    expect(await differencesIn(database.url)).toEqual([])
  })

  test("the reader of the log is gone: sales continue and the stop is in order", async () => {
    await using database = await createTestDatabase()
    await using server = await startServerProcesses(processes, { DATABASE_URL: database.url, ...bounded })
    const productId = await offerUnits(server, HOLDS)
    server.child.stdout?.destroy()

    const { statuses } = await startCrowd(server, productId, HOLDS, () => undefined).done

    expect(statuses).toEqual({ "201": HOLDS })
    expect((await server.get("/metrics")).body).toMatch(/^doorbuster_log_lines_dropped_total [1-9]\d{2,}$/m)
    expect(await endInTime(server)).toBe(0)
    expect(server.output()).toMatch(/^doorbuster: The log cannot be written \(.*EPIPE/m)
  })

  test("the database no longer responds: the stop gives up each step in time", async () => {
    await using database = await createTestDatabase()
    await using proxy = await startDatabaseProxy(database.url)
    await using server = await startServerProcesses(processes, { DATABASE_URL: proxy.url, ...bounded })
    const family = await descendantsOf(server.child.pid ?? 0)
    const productId = await offerUnits(server, HOLDS)
    await startCrowd(server, productId, 100, () => undefined).done
    proxy.silence()
    const asking = server.post("/api/holds", { product_id: productId, qty: 1 }).catch(() => null)

    expect(await endInTime(server)).toBe(1)

    await asking
    expect(server.output()).toMatch(/"within_seconds":6,"msg":"Stopping\."/)
    expect(server.output()).toMatch(
      /"step":"[a-z ]+","after_ms":\d+,"msg":"A step of the stop was given up\."/,
    )
    expect(server.output()).toContain('"msg":"Stopped; a step of it failed or took too long."')
    await expectGone(family)
  })

  test("streams and responses that clients do not read do not delay a stop", async () => {
    await using database = await createTestDatabase()
    await using server = await startServerProcesses(processes, { DATABASE_URL: database.url, ...bounded })
    const { hostname, port } = new URL(server.url)
    const clients = Array.from({ length: 8 }, (_, index) => {
      const socket = connect(Number(port), hostname).on("error", () => undefined)
      socket.write(`GET ${index % 2 === 0 ? "/api/stream?products=1" : "/docs/"} HTTP/1.1\r\nHost: x\r\n\r\n`)
      return socket.pause()
    })
    await Promise.all(clients.map((socket) => once(socket, "connect")))
    await server.get("/livez")

    expect(await endInTime(server)).toBe(0)
    for (const socket of clients) socket.destroy()
  })
})

test("a payment provider and a webhook endpoint that do not respond do not delay a stop", async () => {
  await using database = await createTestDatabase()
  await using silent = await startSilentServer()
  await using server = await startServerProcesses(1, {
    DATABASE_URL: database.url,
    ...bounded,
    WEBHOOK_ALLOW_PRIVATE: "true",
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: "whsec_0123456789abcdef",
    STRIPE_API_BASE: silent.url,
  })
  const endpoint = await server.post("/api/admin/webhooks", { url: silent.url, types: ["order.created"] })
  expect(endpoint.status).toBe(201)
  const { body: hold } = await server.post("/api/holds", { product_id: 1, qty: 1 })
  const { body: order } = await server.post("/api/orders", { hold_id: hold.hold_id })
  const paying = server.post(`/api/orders/${order.order_id}/payments`).catch(() => null)
  await expect.poll(silent.connections, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)

  await endInTime(server)

  await paying
  expect(server.output()).toContain('"msg":"Stopped')
})

describe.skipIf(process.platform !== "linux")("standard output and standard error are the same, and", () => {
  test("they are not read: the stop ends in time", async () => {
    await using directory = await temporaryDirectory()
    const path = join(directory.path, "pipe")
    spawnSync("mkfifo", [path])
    const both = openSync(path, constants.O_RDWR)
    // The pipe is full from the start.
    const filler = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    expect(() => {
      for (;;) writeSync(filler, "x".repeat(4_096))
    }).toThrow("EAGAIN")

    expect(await serveInto(both)).toBe(0)
    closeSync(both)
    closeSync(filler)
  })

  test("their disk is full: the server sells, and the stop ends in time", async () => {
    const both = openSync("/dev/full", "w")
    expect(await serveInto(both)).toBe(0)
    closeSync(both)
  })
})

/** Starts a server with its output on `fd`, buys a unit and stops the server. */
async function serveInto(fd: number): Promise<number | null> {
  await using database = await createTestDatabase()
  const port = await freePort()
  const environment = {
    PATH: process.env["PATH"],
    DATABASE_URL: database.url,
    PORT: String(port),
    ...bounded,
  }
  const child = spawn(process.execPath, [launcher, "serve"], { env: environment, stdio: ["ignore", fd, fd] })
  const client = createClient(`http://127.0.0.1:${port}`)
  try {
    const ready = () =>
      client.get("/readyz").then(
        ({ status }) => status,
        () => null,
      )
    await expect.poll(ready, { timeout: 20_000 }).toBe(200)
    const { statuses } = await startCrowd(client, 1, 50, () => undefined).done
    expect(statuses).toEqual({ "201": 50 })
    const startedAt = performance.now()
    child.kill("SIGTERM")
    await once(child, "exit")
    expect(performance.now() - startedAt).toBeLessThan(SHUTDOWN_SECONDS * 1_000 + SLACK_MS)
    return child.exitCode
  } finally {
    client.close()
    child.kill("SIGKILL")
  }
}

/** Starts a TCP server that accepts every connection and never sends a byte. */
async function startSilentServer() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on("error", () => undefined)))
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
}

test("a process that does not react to the stop is killed, and the others stop in order", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url, ...bounded })
  const [victim = 0, other = 0] = await server.children()
  process.kill(victim, "SIGSTOP")

  expect(await endInTime(server)).toBe(1)

  expect(server.output()).toMatch(
    /"step":"process 1","after_ms":\d+,"msg":"A step of the stop was given up\."/,
  )
  expect(server.output()).not.toMatch(/"step":"process 2"/)
  await expectGone([victim, other])
})

// A DNS look-up or a read from a dead mount: at its end, Node waits for a thread that is in such a call.
test.skipIf(process.platform === "win32")(
  "a system call that hangs does not keep the process from ending",
  async () => {
    const script = `
    import { execFileSync } from "node:child_process"
    import { open } from "node:fs"
    import { endProcess } from ${JSON.stringify(new URL("../../src/cli/end-process.ts", import.meta.url).href)}
    const path = process.argv[1] + "/pipe-" + process.pid
    execFileSync("mkfifo", [path])
    open(path, "r", () => undefined)
    await endProcess(0)`
    await using directory = await temporaryDirectory()

    const { said, tookMs } = await endOf(script, directory.path)

    expect(tookMs).toBeLessThan(10_000)
    expect(said).toContain("a system call does not return")
  },
)

async function endOf(script: string, argument: string) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, argument], { stdio: "pipe" })
  let said = ""
  child.stderr.on("data", (chunk) => (said += String(chunk)))
  const guard = setTimeout(() => child.kill("SIGKILL"), 20_000)
  const startedAt = performance.now()
  await once(child, "exit")
  clearTimeout(guard)
  return { said, tookMs: performance.now() - startedAt }
}
