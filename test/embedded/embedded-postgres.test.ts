import { existsSync } from "node:fs"
import { appendFile, readdir, stat, truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { once } from "node:events"
import { setTimeout } from "node:timers/promises"
import { afterEach, expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { runCommand, started } from "./support/commands.ts"
import { ask, cleanUp, killServer, newDirectory, serverPid } from "./support/directories.ts"

afterEach(cleanUp)

/** The promise is under a second; the additional time is for a busy machine. */
const SECOND_START_LIMIT_MS = 3_000

test("the first start makes a safe cluster and the default database", async () => {
  const dataDirectory = join(await newDirectory(), "deeper", ".doorbuster")

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  const settings = await ask(
    server.url,
    `select current_database(), current_user, current_setting('data_checksums'), current_setting('fsync'),
            current_setting('server_encoding'), current_setting('lc_messages'), datcollate
       from pg_database
      where datname = current_database()`,
  )
  expect(settings).toEqual(["doorbuster", "doorbuster", "on", "on", "UTF8", "C", "C"])
  expect(server.adopted).toBe(false)
})

test("a second start finds the data and takes little time", async () => {
  const dataDirectory = await newDirectory()
  {
    await using first = await startEmbeddedPostgres({ dataDirectory, role: "owner" })
    await ask(first.url, "create table kept as select 42 as answer")
  }

  const start = performance.now()
  await using second = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(performance.now() - start).toBeLessThan(SECOND_START_LIMIT_MS)
  expect(await ask(second.url, "select answer from kept")).toEqual(["42"])
})

test("stop waits until the server has ended, and may be called twice", async () => {
  const dataDirectory = await newDirectory()
  const server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  await Promise.all([server.stop(), server.stop()])

  expect(await serverPid(join(dataDirectory, "cluster"))).toBeNull()
  expect(existsSync(join(dataDirectory, "cluster", "postmaster.pid"))).toBe(false)
})

test.each([
  ["on a socket", ""],
  ["on a port, because the path is too long for a socket", "x".repeat(100)],
])("an owner starts a server that has ended by itself again, at the same address: %s", async (_, below) => {
  const dataDirectory = join(await newDirectory(), below)
  const said: string[] = []
  const options = { dataDirectory, role: "owner", onOutage: (line: string) => said.push(line) } as const
  await using server = await startEmbeddedPostgres(options)
  await ask(server.url, "create table kept as select 42 as answer")

  for (const outages of [1, 2]) {
    await killServer(join(dataDirectory, "cluster"))
    await expect.poll(() => said, { timeout: 10_000 }).toHaveLength(2 * outages)
    expect(await ask(server.url, "select answer from kept")).toEqual(["42"])
  }
  expect(said.slice(0, 2)).toEqual([
    "PostgreSQL has ended by itself. Nothing is sold until it runs again.",
    "PostgreSQL runs again.",
  ])
  await server.stop()
  expect(await serverPid(join(dataDirectory, "cluster"))).toBeNull()
})

test("an owner says once a minute why its server does not start, and starts it when that is mended", async () => {
  const dataDirectory = await newDirectory()
  const said: string[] = []
  const options = { dataDirectory, role: "owner", onOutage: (line: string) => said.push(line) } as const
  await using server = await startEmbeddedPostgres(options)
  const settings = join(dataDirectory, "cluster", "postgresql.auto.conf")
  const { size } = await stat(settings)
  await appendFile(settings, "no_such_setting = 1\n")

  await killServer(join(dataDirectory, "cluster"))
  await expect.poll(() => said).toHaveLength(2)
  // Several tries.
  await setTimeout(2_500)
  expect(said[1]).toMatch(/^PostgreSQL does not start: .*no_such_setting/s)
  await truncate(settings, size)

  await expect.poll(() => said.at(-1)).toBe("PostgreSQL runs again.")
  expect(said).toHaveLength(3)
  expect(await ask(server.url, "select 1")).toEqual(["1"])
})

test("connections need the password, and only the own account can read it", async () => {
  const dataDirectory = await newDirectory()
  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  const wrong = new URL(server.url)
  wrong.password = "guess"

  await expect(ask(wrong.href, "select 1")).rejects.toThrow("password authentication failed")
  const modes = ["password", "cluster", "run"].map(
    async (name) => (await stat(join(dataDirectory, name))).mode & 0o777,
  )
  expect(await Promise.all(modes)).toEqual([0o600, 0o700, 0o700])
})

test("a path too long for a socket is served over loopback TCP, with the same password", async () => {
  const dataDirectory = join(await newDirectory(), "long".repeat(25))
  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(new URL(server.url).hostname).toBe("127.0.0.1")
  expect(await ask(server.url, "show listen_addresses")).toEqual(["127.0.0.1"])
})

test("after SIGKILL of Node, the next start adopts the running server", async () => {
  const dataDirectory = await newDirectory()
  const killed = runCommand({ dataDirectory, role: "owner" })
  await ask((await started(killed)).url, "create table kept as select 42 as answer")
  const pid = await serverPid(join(dataDirectory, "cluster"))
  await killed.kill()

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(server.adopted).toBe(true)
  expect(await serverPid(join(dataDirectory, "cluster"))).toBe(pid)
  expect(await ask(server.url, "select answer from kept")).toEqual(["42"])
})

test("after SIGKILL of Node and PostgreSQL, committed rows are still there", async () => {
  const dataDirectory = await newDirectory()
  const killed = runCommand({ dataDirectory, role: "owner" })
  await ask((await started(killed)).url, "create table kept as select 42 as answer")
  await Promise.all([killed.kill(), killServer(join(dataDirectory, "cluster"))])

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(server.adopted).toBe(false)
  expect(await ask(server.url, "select answer from kept")).toEqual(["42"])
})

test("Ctrl-C in the terminal reaches Node and not PostgreSQL", async () => {
  const dataDirectory = await newDirectory()
  const command = runCommand({ dataDirectory, role: "owner" }, { detached: true })
  const { url } = await started(command)

  const ended = once(command.process, "exit")
  process.kill(-command.pid, "SIGINT")
  await ended

  expect(await ask(url, "select 1")).toEqual(["1"])
})

test("does not keep Node alive", async () => {
  const dataDirectory = await newDirectory()
  const command = runCommand({ dataDirectory, role: "owner" })
  const { url } = await started(command)

  await command.leave()

  expect(command.process.exitCode).toBe(0)
  expect(await ask(url, "select 1")).toEqual(["1"])
})

test("a first start that was killed halfway is repeated", async () => {
  const dataDirectory = await newDirectory()
  const half = runCommand({ dataDirectory, role: "owner" })
  while (!(await readdir(dataDirectory)).some((name) => name.startsWith("cluster.new"))) {
    await new Promise(setImmediate)
  }
  await half.kill()

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(await ask(server.url, "select 1")).toEqual(["1"])
  expect((await readdir(dataDirectory)).filter((name) => name.startsWith("cluster"))).toEqual(["cluster"])
})

test("the error of a server that does not start contains the end of its log", async () => {
  const dataDirectory = await newDirectory()
  await (await startEmbeddedPostgres({ dataDirectory, role: "owner" })).stop()
  await appendFile(join(dataDirectory, "cluster", "postgresql.conf"), "no_such_setting = 1\n")

  const start = startEmbeddedPostgres({ dataDirectory, role: "owner" })

  await expect(start).rejects.toThrow(/unrecognized configuration parameter "no_such_setting"/)
  await expect(start).rejects.toMatchObject({ exitCode: 1 })
})

test("a large log is set aside at start", async () => {
  const dataDirectory = await newDirectory()
  const log = join(dataDirectory, "postgres.log")
  await writeFile(log, "")
  await truncate(log, 11 * 1024 * 1024)

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(server.adopted).toBe(false)
  expect((await stat(`${log}.1`)).size).toBe(11 * 1024 * 1024)
  expect((await stat(log)).size).toBeLessThan(100_000)
})
