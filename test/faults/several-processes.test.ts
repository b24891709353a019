import { once } from "node:events"
import pg from "pg"
import { expect, test } from "vitest"
import { connectionsOf } from "../../src/processes/share.ts"
import { runCommand } from "../support/command-line.ts"
import { missingHolds, offerUnits, startCrowd } from "../support/crowd.ts"
import { createTestDatabase, differencesIn } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { createClient, type TestClient } from "../support/http.ts"
import {
  descendantsOf,
  expectGone,
  startServerProcesses,
  type ServerProcesses,
} from "../support/processes.ts"

const REQUESTS = 3_000

test("SIGKILL of one process in a race: no response is wrong, the others continue, and a new process replaces it", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" })
  const [, victim = 0] = await server.children()
  const stock = 2_000
  const productId = await offerUnits(server, stock)
  const acknowledged: number[] = []
  const crowd = startCrowd(server, productId, REQUESTS, (answer) => acknowledged.push(answer.body.hold_id))
  await crowd.answered(REQUESTS / 10)
  process.kill(victim, "SIGKILL")
  const { cut, statuses } = await crowd.done

  // The kill interrupted requests, or it came too late to test anything.
  expect(cut).toBeGreaterThan(0)
  expect(Object.keys(statuses).filter((status) => status !== "201" && status !== "409")).toEqual([])
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  await expectSaid(server, "A replacement process listens.")
  const children = await server.children()
  expect(children).toHaveLength(2)
  expect(children).not.toContain(victim)

  expect(await missingHolds(server, acknowledged)).toEqual([])
  const { body: product } = await server.get(`/api/products/${productId}`)
  expect(product).toMatchObject({ available_stock: 0, reserved_stock: stock })
  expect(await differencesIn(database.url)).toEqual([])
  expect(await server.end("SIGTERM")).toBe(0)
})

test("a connection that was being passed to a process that dies is cut, and a new process replaces it", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url })
  const [, victim = 0] = await server.children()
  // The stopped process cannot take the connection.
  process.kill(victim, "SIGSTOP")
  const clients = [createClient(server.url, 1), createClient(server.url, 1)]
  const answers = clients.map((client) =>
    client.get("/livez").then(
      ({ status }) => status,
      () => "cut",
    ),
  )
  expect(await Promise.race(answers)).toBe(200)

  const startedAt = performance.now()
  process.kill(victim, "SIGKILL")

  expect(new Set(await Promise.all(answers))).toEqual(new Set([200, "cut"]))
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  await expectSaid(server, "A replacement process listens.")
  for (const client of clients) client.close()
})

test("SIGTERM to one process in a race: no request is cut, and a new process replaces it", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" })
  const [, leaving = 0] = await server.children()
  const productId = await offerUnits(server, REQUESTS)
  const crowd = startCrowd(server, productId, REQUESTS, () => undefined)
  await crowd.answered(REQUESTS / 10)

  process.kill(leaving, "SIGTERM")

  expect(await crowd.done).toMatchObject({ breaks: {}, statuses: { 201: REQUESTS } })
  await expectSaid(server, "A replacement process listens.")
})

// A terminal sends Ctrl-C to every process of a group, and a service manager may send SIGTERM to all of them.
test.each([
  ["SIGTERM to the first process", "SIGTERM", false],
  ["SIGINT to every process", "SIGINT", true],
  ["SIGTERM to every process", "SIGTERM", true],
] as const)(
  "%s in a race: every request is answered, no hold is lost, and no process keeps running",
  async (_, signal, toAll) => {
    await using data = await temporaryDirectory()
    await using server = await startServerProcesses(2, {
      DOORBUSTER_DATA_DIR: data.path,
      HOLD_TTL_SECONDS: "600",
    })
    const children = await server.children()
    const everything = await descendantsOf(server.child.pid ?? 0)
    const productId = await offerUnits(server, REQUESTS)
    const acknowledged: number[] = []
    const crowd = startCrowd(server, productId, REQUESTS, (answer) => acknowledged.push(answer.body.hold_id))
    await crowd.answered(REQUESTS / 10)

    const exit = server.end(signal)
    if (toAll) for (const pid of children) process.kill(pid, signal)

    expect(await crowd.done).toMatchObject({ breaks: {}, statuses: { 201: REQUESTS } })
    expect(await exit).toBe(0)
    expect(server.output().match(/"msg":"Stopped\."/g)).toHaveLength(1)
    // The two children, and PostgreSQL with its processes.
    expect(everything.length).toBeGreaterThan(3)
    await expectGone(everything)
    const verified = await runCommand(["verify", "--json"], { DOORBUSTER_DATA_DIR: data.path })
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true })
  },
)

test("a second SIGTERM ends all of them at once", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url })
  const children = await server.children()
  // This request delays the orderly stop.
  for (const pid of children) process.kill(pid, "SIGSTOP")

  const exit = once(server.child, "exit")
  server.child.kill("SIGTERM")
  await expectSaid(server, "Stopping.")
  server.child.kill("SIGTERM")

  expect((await exit)[0]).toBe(1)
  await expectGone(children)
})

test("SIGKILL of the primary process: the others answer their requests and end", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "600" })
  const children = await server.children()
  const productId = await offerUnits(server, REQUESTS)
  const acknowledged: number[] = []
  await openConnections(server)
  const crowd = startCrowd(server, productId, REQUESTS, (answer) => acknowledged.push(answer.body.hold_id))
  await crowd.answered(REQUESTS / 10)

  await server.end("SIGKILL")
  const { cut, breaks } = await crowd.done

  // No process listens any more, and no request that had arrived was cut.
  expect(cut).toBeGreaterThan(0)
  expect(breaks).toEqual({ ECONNREFUSED: cut })
  await expectGone(children)
  await using successor = await startServerProcesses(2, { DATABASE_URL: database.url })
  expect(await missingHolds(successor, acknowledged)).toEqual([])
  expect(await differencesIn(database.url)).toEqual([])
})

test("all child processes killed at once: new ones listen at the same address", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url })
  for (const pid of await server.children()) process.kill(pid, "SIGKILL")

  await expect
    .poll(async () => (await server.get("/readyz").catch(() => null))?.status, { timeout: 15_000 })
    .toBe(200)
  await expect.poll(async () => (await server.children()).length).toBe(2)
})

test("one process does the background work, and another one takes over when it dies", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "1" })
  const [worker = 0] = await server.children()
  const sweepers = () =>
    [...server.output().matchAll(/"process":(\d+),"metric":"expiry\.batch"/g)].map(([, number]) => number)

  await server.post("/api/holds", { product_id: 1, qty: 1 })
  await expect.poll(sweepers, { timeout: 10_000 }).toEqual(["1"])
  process.kill(worker, "SIGKILL")
  await expectSaid(server, "A replacement process listens.")
  await server.post("/api/holds", { product_id: 1, qty: 1 })
  await expect.poll(sweepers, { timeout: 10_000 }).toEqual(["1", "2"])
})

test("--no-worker: no process does background work", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url, HOLD_TTL_SECONDS: "1" }, [
    "--no-worker",
  ])
  const { body: hold } = await server.post("/api/holds", { product_id: 1, qty: 1 })
  const status = async () => (await server.get(`/api/holds/${hold.hold_id}`)).body.status
  await expect.poll(status, { timeout: 10_000 }).toBe("expired")

  const { stdout } = await runCommand(["holds:release-expired", "--json"], { DATABASE_URL: database.url })

  expect(JSON.parse(stdout)).toMatchObject({ holds: 1, units: 1 })
})

test.each([
  ["a bad number", ["--processes", "0"], {}, /^PROCESSES is "0" but must be "auto" or .*\n$/],
  [
    "more connections than the database allows",
    ["--processes", "64"],
    {},
    /^PROCESSES is 64, which needs 385 database connections, .* max_connections allows only \d+\n$/,
  ],
  [
    "an address of another machine",
    [],
    { HOST: "203.0.113.9", ...closed() },
    /^HOST is "203\.0\.113\.9" .*\n$/,
  ],
  [
    "no database",
    [],
    { DATABASE_URL: "postgresql://x@127.0.0.1:1/x" },
    /^The database cannot be reached: .*\n$/,
  ],
  [
    "a child process that cannot start",
    [],
    { NODE_OPTIONS: "--import=data:text/javascript,process.connected&&process.exit(7)" },
    /^No process can be started: the last one ended with 7\n$/,
  ],
])("%s: one line, and the exit status of one process", async (_, args, environment, line) => {
  await using database = await createTestDatabase()
  const { status, stderr } = await runCommand(["serve", ...args], {
    PROCESSES: "2",
    PORT: "0",
    DATABASE_URL: database.url,
    ...environment,
  })

  expect(stderr).toMatch(line)
  expect(status).toBe(/^(?:PROCESSES|HOST)/.test(stderr) ? 2 : 1)
})

test("a port that is in use: one line and exit status 2", async () => {
  await using database = await createTestDatabase()
  await using first = await startServerProcesses(2, { DATABASE_URL: database.url })
  const { port } = new URL(first.url)

  const { status, stderr } = await runCommand(["serve", "--processes", "3", "--port", port], {
    DATABASE_URL: database.url,
  })

  expect([status, stderr]).toEqual([
    2,
    `Port ${port} on 127.0.0.1 is taken; set PORT or --port to another one\n`,
  ])
})

function closed(): Record<string, string> {
  return {
    ADMIN_TOKEN: "a-token-for-the-test",
    PAYMENT_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  }
}

test("connections: three processes under load on many products take no more than their share of the limit", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(3, { DATABASE_URL: database.url })
  const products = await Promise.all(Array.from({ length: 20 }, () => offerUnits(server, 1_000)))
  let isOver = false
  const counting = mostConnections(database.url, () => isOver)

  await Promise.all(
    Array.from({ length: 3_000 }, (_, index) => {
      const id = products[index % products.length]
      return index % 3 === 0
        ? server.get("/api/products")
        : server.post("/api/holds", { product_id: id, qty: 1 })
    }),
  )
  isOver = true

  // More than one process alone may open, so that the test shows the division.
  expect(await counting).toBeGreaterThan(9)
  expect(await counting).toBeLessThanOrEqual(connectionsOf(3))
})

async function mostConnections(url: string, isOver: () => boolean): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  let most = 0
  while (!isOver()) {
    const { rows } = await client.query<{ count: string }>(
      "select count(*) from pg_stat_activity where datname = current_database() and application_name like 'doorbuster%'",
    )
    most = Math.max(most, Number(rows[0]?.count))
  }
  await client.end()
  return most
}

/** Opens all connections that the client keeps, so that none is being passed to a process during the test. */
async function openConnections(server: ServerProcesses): Promise<void> {
  await Promise.all(Array.from({ length: 128 }, () => server.get("/livez")))
}

/** Waits for a line of the log. A failure does not print the log, which would be too long. */
async function expectSaid(server: ServerProcesses, message: string): Promise<void> {
  await expect.poll(() => server.output().includes(`"msg":"${message}"`), { timeout: 15_000 }).toBe(true)
}

const CREATED = 'doorbuster_holds_total{result="created"}'

test("metrics are those of all processes, whichever answers, also when one hangs or is dead", async () => {
  await using database = await createTestDatabase()
  await using server = await startServerProcesses(2, { DATABASE_URL: database.url })
  const [first, second] = await oneClientEach(server)
  const [, victim = 0] = await server.children()
  for (const client of [first, first, second, second, second]) {
    expect((await client.post("/api/holds", { product_id: 1, qty: 1 })).status).toBe(201)
  }

  // The process that answers tells the others which product is watched.
  const seen = async () => (await first.get("/api/admin/live?product_id=1")).body.product_holds
  expect(await seen()).toEqual([])
  for (const client of [first, second, second]) await client.post("/api/holds", { product_id: 1, qty: 1 })
  await expect.poll(seen).toEqual([{ result: "created", count: 3 }])

  // It tells them which course to keep, too: the second process, asked for the first time, has what the first has seen.
  // A process that was not told begins with this question, and has one sample.
  const courseOf = async (client: TestClient): Promise<object[]> =>
    (await client.get("/api/admin/live?product_id=1&include=course")).body.course
  await expect.poll(async () => (await courseOf(first)).length, { timeout: 5_000 }).toBeGreaterThan(2)
  expect((await courseOf(second)).length).toBeGreaterThan(1)

  for (const client of [first, second]) {
    const text = await metricsOf(client)
    expect(sample(text, CREATED)).toBe(10)
    expect(sample(text, 'doorbuster_stock_units{product="1",state="held"}')).toBe(10)
    expect(sample(text, "doorbuster_processes")).toBe(2)
    const { counters } = (await client.get("/api/admin/live?product_id=1")).body
    expect(counters).toMatchObject({ processes: 2, holds: [{ result: "created", count: 10 }] })
  }

  process.kill(victim, "SIGSTOP")
  const startedAt = performance.now()
  expect(sample(await metricsOf(first), CREATED)).toBe(10)
  expect(performance.now() - startedAt).toBeLessThan(2_500)

  process.kill(victim, "SIGKILL")
  await expectSaid(server, "A replacement process listens.")
  const text = await metricsOf(first)
  expect(sample(text, CREATED)).toBe(10)
  expect(sample(text, "doorbuster_process_deaths_total")).toBe(1)
  expect(sample(text, "doorbuster_processes")).toBe(2)
  first.close()
  second.close()
})

/** Clients of one connection each; connections are given to the processes in turn. */
async function oneClientEach(server: ServerProcesses): Promise<[TestClient, TestClient]> {
  const clients = [createClient(server.url, 1), createClient(server.url, 1)] as const
  const ids = ["one", "other"]
  for (const [index, client] of clients.entries()) {
    await client.post(
      "/api/holds",
      { product_id: 1, qty: 1 },
      { headers: { "x-request-id": ids[index] ?? "" } },
    )
  }
  const numberOf = (id: string) =>
    new RegExp(`"process":(\\d+),[^\\n]*"request_id":"${id}"`).exec(server.output())?.[1]
  await expect.poll(() => new Set(ids.map(numberOf))).toEqual(new Set(["1", "2"]))
  const [one, other] = clients
  return numberOf("one") === "1" ? [one, other] : [other, one]
}

async function metricsOf(client: TestClient): Promise<string> {
  return String((await client.get("/metrics")).body)
}

function sample(text: string, name: string): number {
  const line = text.split("\n").find((line) => line.startsWith(`${name} `)) ?? ""
  return Number(line.slice(name.length + 1))
}
