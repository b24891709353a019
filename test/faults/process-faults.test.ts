import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { openDatabase } from "../../src/store/pool.ts"
import { missingHolds, offerUnits, startCrowd } from "../support/crowd.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { startServerProcess } from "../support/server-process.ts"

const REQUESTS = 3_000

// The whole program on its embedded database, killed with requests in flight (A7, I5).
test("SIGKILL in the middle of a race: every hold with a 201 response exists after the restart", async () => {
  await using data = await temporaryDirectory()
  const environment = { DOORBUSTER_DATA_DIR: data.path, LOG_LEVEL: "info", HOLD_TTL_SECONDS: "600" }
  const acknowledged: number[] = []
  {
    await using server = await startServerProcess(environment)
    const productId = await offerUnits(server, REQUESTS)
    const crowd = startCrowd(server, productId, REQUESTS, (answer) => acknowledged.push(answer.body.hold_id))
    await crowd.answered(REQUESTS / 10)
    await server.end("SIGKILL")
    const { cut } = await crowd.done
    // The kill interrupted requests, or it came too late to test anything.
    expect(cut).toBeGreaterThan(0)
  }

  await using server = await startServerProcess(environment)
  expect(acknowledged.length).toBeGreaterThan(0)
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(await missingHolds(server, acknowledged)).toEqual([])
  expect(await server.end("SIGTERM")).toBe(0)
  expect(await differencesInData(data.path)).toEqual([])
})

test("SIGTERM in the middle of a race: every request gets a response, none is cut, and no hold is lost", async () => {
  await using data = await temporaryDirectory()
  await using server = await startServerProcess({ DOORBUSTER_DATA_DIR: data.path, HOLD_TTL_SECONDS: "600" })
  const productId = await offerUnits(server, REQUESTS)
  const acknowledged: number[] = []
  const crowd = startCrowd(server, productId, REQUESTS, (answer) => acknowledged.push(answer.body.hold_id))
  await crowd.answered(REQUESTS / 10)

  const exit = server.end("SIGTERM")
  const { cut, statuses } = await crowd.done

  expect(await exit).toBe(0)
  expect(cut).toBe(0)
  expect(Object.keys(statuses)).toEqual(["201"])
  expect(acknowledged).toHaveLength(REQUESTS)
  expect(await holdsInData(data.path)).toBe(REQUESTS)
  expect(await differencesInData(data.path)).toEqual([])
})

// A crowd is silent while it waits: the requests behind it come only when the first ones are answered.
test("SIGTERM while the database makes a crowd wait: every request gets a response", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcess({ DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" })
  const productId = await offerUnits(server, REQUESTS)
  await using pause = await pauseSales(database.url, productId)
  const crowd = startCrowd(server, productId, REQUESTS, () => undefined)
  // The open connections' requests are in the lane; the others wait in the client.
  await expect.poll(() => pause.isFelt()).toBe(true)

  const exit = server.end("SIGTERM")
  await sleep(1_500)
  await pause.end()

  expect(await crowd.done).toMatchObject({ breaks: {}, statuses: { 201: REQUESTS } })
  expect(await exit).toBe(0)
})

/** Locks the product's row, as a long statement of an operator would. */
async function pauseSales(url: string, productId: number) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query("begin")
  await client.query("select from products where id = $1 for update", [productId])
  const end = async () => void (await client.query("rollback"))
  return {
    end,
    async isFelt() {
      const { rows } = await client.query("select from pg_locks where not granted")
      return rows.length > 0
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

// Slow clients: one byte of a request, and half of another one.
test("SIGTERM while clients are in the middle of sending requests: the server still stops in order", async () => {
  await using data = await temporaryDirectory()
  await using server = await startServerProcess({ DOORBUSTER_DATA_DIR: data.path })
  const { hostname, port } = new URL(server.url)
  const clients = ["G", "POST /api/holds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\n{"].map(
    (text) => {
      const socket = connect(Number(port), hostname).on("error", () => undefined)
      socket.write(text)
      return socket
    },
  )
  await Promise.all(clients.map((socket) => once(socket, "ready")))
  expect((await server.get("/livez")).status).toBe(200)

  const startedAt = performance.now()
  expect(await server.end("SIGTERM")).toBe(0)

  expect(performance.now() - startedAt).toBeLessThan(12_000)
  expect(server.output()).toContain('"msg":"Stopped."')
  for (const socket of clients) socket.destroy()
})

// npm passes SIGTERM to its shell only and cannot pass SIGKILL on: the server has to notice the end of npm by itself.
test.each(["SIGTERM", "SIGKILL"] as const)(
  "%s to npm start also stops its server, in order",
  async (signal) => {
    await using data = await temporaryDirectory()
    const npm = spawn("npm", ["start"], {
      cwd: fileURLToPath(new URL("../../", import.meta.url)),
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        PORT: "0",
        DOORBUSTER_DATA_DIR: data.path,
      },
    })
    let printed = ""
    npm.stdout.on("data", (chunk) => (printed += String(chunk)))
    await expect.poll(() => printed, { timeout: 30_000 }).toContain('"msg":"Listening."')

    npm.kill(signal)

    await expect.poll(() => printed, { timeout: 10_000 }).toContain('"msg":"Stopped."')
  },
)

test("a second serve on the same data directory prints one line and exits with 2", async () => {
  await using data = await temporaryDirectory()
  await using first = await startServerProcess({ DOORBUSTER_DATA_DIR: data.path })
  const second = startServerProcess({ DOORBUSTER_DATA_DIR: data.path })

  await expect(second).rejects.toThrow(/ended with 2:[^]*\n.*in use|already/i)
  expect((await first.get("/readyz")).status).toBe(200)
})

async function differencesInData(path: string): Promise<string[]> {
  await using server = await startEmbeddedPostgres({ dataDirectory: path, role: "guest" })
  return await differencesIn(server.url)
}

async function holdsInData(path: string): Promise<number> {
  await using server = await startEmbeddedPostgres({ dataDirectory: path, role: "guest" })
  const database = openDatabase({ url: server.url })
  const { rows } = await database.views.query<{ count: number }>("select count(*) as count from holds")
  await database.close()
  return rows[0]?.count ?? 0
}
