import { randomBytes } from "node:crypto"
import pg from "pg"
import { withDatabaseName } from "../base/database-url.ts"
import { openConnection, urlOfOneServer } from "../store/connection.ts"
import { CommandFailure } from "../base/command-errors.ts"

/**
 * Creates an empty database on the server of `url`, runs `work` with it, and drops it, also after an error. Of several
 * servers it uses the one that takes writes. Throws {@link CommandFailure} when the role may not create databases.
 */
export async function withThrowAwayDatabase<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `doorbuster_race_${randomBytes(6).toString("hex")}`
  const server = await urlOfOneServer(url)
  const admin = await openConnection(server, "tools")
  try {
    await createDatabase(admin, name)
    try {
      return await work(withDatabaseName(server, name))
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`)
    }
  } finally {
    await admin.end()
  }
}

/** PostgreSQL's code for an operation that the role is not allowed. */
const INSUFFICIENT_PRIVILEGE = "42501"

async function createDatabase(admin: pg.Client, name: string): Promise<void> {
  try {
    await admin.query(`create database ${name}`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error
    throw new CommandFailure(
      "The command creates a database for itself, but the role in DATABASE_URL may not: grant it CREATEDB (alter role … createdb), or unset DATABASE_URL to use the embedded PostgreSQL",
    )
  }
}
