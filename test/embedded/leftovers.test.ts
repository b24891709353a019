import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { isAlive } from "../../src/embedded/process-identity.ts"
import { ask, cleanUp, newDirectory, serverPid } from "./support/directories.ts"

const bystanders: ChildProcess[] = []

afterEach(async () => {
  for (const bystander of bystanders.splice(0)) {
    await end(bystander)
  }
  await cleanUp()
})

test("a postmaster.pid of a process that has ended does not prevent a start", async () => {
  const dataDirectory = await stoppedCluster()
  const gone = await bystander(dataDirectory)
  await end(gone)
  await leaveFilesNaming(gone.pid, dataDirectory)

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(await ask(server.url, "select 1")).toEqual(["1"])
})

test("a postmaster.pid whose pid now belongs to another program is removed, and that program is left alone", async () => {
  const dataDirectory = await stoppedCluster()
  const { pid = 0 } = await bystander(dataDirectory)
  await leaveFilesNaming(pid, dataDirectory)
  await writeFile(join(dataDirectory, "owner.pid"), `${pid}\n`)

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(server.adopted).toBe(false)
  expect(isAlive(pid)).toBe(true)
})

test("a postmaster.pid with the pid of another directory's PostgreSQL is removed, and that server is left alone", async () => {
  const dataDirectory = await stoppedCluster()
  const otherDirectory = await newDirectory()
  await using other = await startEmbeddedPostgres({ dataDirectory: otherDirectory, role: "owner" })
  await ask(other.url, "create table other_one as select 1")
  await leaveFilesNaming((await serverPid(join(otherDirectory, "cluster"))) ?? 0, dataDirectory)

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(server.adopted).toBe(false)
  expect(await ask(server.url, "select to_regclass('other_one') is null")).toEqual(["true"])
  expect(await ask(other.url, "select to_regclass('other_one') is null")).toEqual(["false"])
})

test("an empty postmaster.pid, as after a power cut, does not prevent a start", async () => {
  const dataDirectory = await stoppedCluster()
  await writeFile(join(dataDirectory, "cluster", "postmaster.pid"), "")

  await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

  expect(await ask(server.url, "select 1")).toEqual(["1"])
})

async function stoppedCluster(): Promise<string> {
  const dataDirectory = await newDirectory()
  await (await startEmbeddedPostgres({ dataDirectory, role: "owner" })).stop()
  return dataDirectory
}

/** Starts a program as the server's account: PostgreSQL takes any process of its account for a possible server. */
async function bystander(dataDirectory: string): Promise<ChildProcess> {
  const { uid, gid } = await stat(join(dataDirectory, "cluster"))
  const child = spawn("sleep", ["600"], { uid, gid, stdio: "ignore" })
  bystanders.push(child)
  await once(child, "spawn")
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill("SIGKILL")
  await once(child, "exit")
}

async function leaveFilesNaming(pid: number | undefined, dataDirectory: string): Promise<void> {
  const cluster = join(dataDirectory, "cluster")
  const sockets = join(dataDirectory, "run")
  const text = `${pid}\n${cluster}\n1750000000\n5432\n${sockets}\n\n  1234567 7654321\nready   \n`
  await writeFile(join(cluster, "postmaster.pid"), text)
  await writeFile(join(sockets, ".s.PGSQL.5432.lock"), text)
}
