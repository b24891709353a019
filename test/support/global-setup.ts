import { join } from "node:path"
import pg from "pg"
import type { TestProject } from "vitest/node"
import { startEmbeddedPostgres } from "../../src/embedded/embedded-postgres.ts"
import { migrate } from "../../src/store/migrate.ts"
import { temporaryDirectory } from "./directory.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The test server's own database; tests make theirs beside it. */
    serverUrl: string
  }
}

/** Every test database is a copy of this one, which takes milliseconds. */
export const TEMPLATE = "doorbuster_template"

let stopServer = async (): Promise<void> => undefined

/** One real PostgreSQL for the whole run, on a directory that is thrown away. */
export async function setup(project: TestProject): Promise<void> {
  const directory = await temporaryDirectory()
  const server = await startEmbeddedPostgres({ dataDirectory: join(directory.path, "data"), role: "owner" })
  await createTemplate(server.url)
  project.provide("serverUrl", server.url)
  stopServer = async () => {
    await server.stop()
    await directory[Symbol.asyncDispose]()
  }
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
}
