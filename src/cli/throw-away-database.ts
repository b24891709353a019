import { randomBytes } from "node:crypto"
import pg from "pg"

/** Creates an empty database beside the one at `url`, lends it, and drops it whatever happens. */
export async function withThrowAwayDatabase<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `doorbuster_race_${randomBytes(6).toString("hex")}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    await admin.query(`create database ${name}`)
    try {
      return await work(urlOfDatabase(url, name))
    } finally {
      await admin.query(`drop database if exists ${name} with (force)`)
    }
  } finally {
    await admin.end()
  }
}

function urlOfDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}
