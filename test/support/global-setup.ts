import { execFile } from "node:child_process"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import pg from "pg"
import type { TestProject } from "vitest/node"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import { temporaryDirectory } from "./directory.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of the database server that all tests share; each test creates its own database there. */
    serverUrl: string
  }
}

/** The template database. Each test database is a copy of it, which takes milliseconds. */
export const TEMPLATE = "doorbuster_template"

let stopServer = async (): Promise<void> => undefined

const root = fileURLToPath(new URL("../../", import.meta.url))

/** Builds the pages if a source is newer than the last build. Takes half a second. */
async function buildPages(): Promise<void> {
  const builtAt = await changedAt(join(root, "dist/web/server/render.js"))
  const sources = await Promise.all(["web", "client/src", "scripts/build-web.ts"].map(newestIn))
  if (builtAt > Math.max(...sources)) return
  // Not in the test mode of this process: its scripts would be larger than those that are served.
  const env = { ...process.env, NODE_ENV: "production" }
  await promisify(execFile)(process.execPath, [join(root, "scripts/build-web.ts")], { cwd: root, env })
}

async function newestIn(name: string): Promise<number> {
  const path = join(root, name)
  if (name.endsWith(".ts")) return changedAt(path)
  const files = await readdir(path, { recursive: true })
  return Math.max(...(await Promise.all(files.map((file) => changedAt(join(path, file))))))
}

/** When the file was last changed, in milliseconds since 1970; 0 if it does not exist. */
async function changedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? 0
}

/** Starts one real PostgreSQL for the whole run, in a temporary directory. */
export async function setup(project: TestProject): Promise<void> {
  await buildPages()
  const directory = await temporaryDirectory()
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory.path, "data"), role: "owner" })
  stopServer = async () => {
    await server.stop()
    await directory[Symbol.asyncDispose]()
  }
  try {
    await createTemplate(server.url)
  } catch (error) {
    // Vitest does not call `teardown` after a `setup` that throws, so the server would run on.
    await stopServer()
    throw error
  }
  project.provide("serverUrl", server.url)
}

export async function teardown(): Promise<void> {
  await stopServer()
}

async function createTemplate(serverUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`create database ${TEMPLATE}`)
  await admin.end()

  const url = new URL(serverUrl)
  url.pathname = `/${TEMPLATE}`
  await migrate(url.href)
  await forgetOrigin(url.href)
}

/** A copy of a database is another origin of ids and would jump; tests begin with id 1. */
async function forgetOrigin(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    alter table id_blocks disable trigger id_blocks_remember_origin;
    update id_blocks set origin = null;
    alter table id_blocks enable trigger id_blocks_remember_origin`)
  await client.end()
}
