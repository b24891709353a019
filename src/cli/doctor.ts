import { GOOD_TOKEN_LENGTH } from "./serve.ts"
import { access, constants, readFile } from "node:fs/promises"
import type { Config } from "../config/config.ts"
import { connectionsOf } from "../processes/share.ts"
import { migrationStates } from "../store/upkeep/migrate.ts"
import { openDatabase } from "../store/pool.ts"
import { accessDatabase, requireDatabase } from "./database.ts"
import { explain } from "./exit.ts"
import { print, printJson } from "./output.ts"

interface Finding {
  readonly check: string
  readonly ok: boolean
  /** It will do, but should be better before a sale. */
  readonly weak?: true
  readonly found: string
}

/** Oldest PostgreSQL whose SQL is enough. */
const OLDEST_SERVER = 150_000
/** For migrations, commands beside the server, and whoever looks after the database. */
const SPARE_CONNECTIONS = 6

/** Checks the installation and prints what it finds; false when something is not fit. */
export async function doctor(config: Config, { json }: { json: boolean }): Promise<boolean> {
  requireDatabase(config)
  const findings = [
    ...checkConfig(config),
    ...(await checkDoor()),
    await checkDirectory(config),
    ...(await checkDatabase(config)),
  ]
  const isFit = findings.every((finding) => finding.ok)
  if (json) printJson({ ok: isFit, findings })
  else for (const finding of findings) print(`${markOf(finding)}  ${finding.check}: ${finding.found}`)
  return isFit
}

function markOf({ ok, weak }: Finding): string {
  if (!ok) return "BAD"
  return weak === true ? "!! " : "ok "
}

function checkConfig(config: Config): Finding[] {
  const isSafe = config.adminToken === null || config.paymentWebhookSecret !== null
  return [
    { check: "node", ok: true, found: `${process.version} on ${process.platform} ${process.arch}` },
    {
      check: "mode",
      ok: isSafe,
      ...(isGuessable(config.adminToken) && { weak: true }),
      found: modeOf(config, isSafe),
    },
  ]
}

function isGuessable(adminToken: string | null): boolean {
  return adminToken !== null && adminToken.length < GOOD_TOKEN_LENGTH
}

function modeOf({ adminToken }: Config, isSafe: boolean): string {
  if (adminToken === null) return "open: for this machine only"
  if (!isSafe) return "closed, but PAYMENT_WEBHOOK_SECRET is not set: serve will not start"
  if (isGuessable(adminToken)) {
    return `closed; ADMIN_TOKEN has fewer than ${GOOD_TOKEN_LENGTH} characters and can be guessed`
  }
  return "closed: tokens and signatures required"
}

/** What Linux allows by itself since 5.4; older ones and some containers allow 128. */
const USUAL_WAITING_CONNECTIONS = 4_096

/** How many connections may wait to be accepted. A small number is no fault, but worth knowing before a sale. */
async function checkDoor(): Promise<Finding[]> {
  const text = await readFile("/proc/sys/net/core/somaxconn", "utf8").catch(() => null)
  if (text === null) return []
  const most = Number(text)
  const about = { check: "waiting connections", ok: true }
  const found = `${most} for each listener`
  if (most >= USUAL_WAITING_CONNECTIONS) return [{ ...about, found }]
  const advice = `more of a crowd that comes at once are kept waiting for seconds, so raise net.core.somaxconn to ${USUAL_WAITING_CONNECTIONS} or more`
  return [{ ...about, weak: true, found: `${found}; ${advice}` }]
}

async function checkDirectory({ databaseUrl, dataDirectory }: Config): Promise<Finding> {
  const check = "data directory"
  if (databaseUrl !== null) return { check, ok: true, found: "not used: DATABASE_URL is set" }
  try {
    await access(dataDirectory, constants.W_OK)
    return { check, ok: true, found: dataDirectory }
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT"
    return {
      check,
      ok: isMissing,
      found: `${dataDirectory} ${isMissing ? "will be made" : "cannot be written"}`,
    }
  }
}

async function checkDatabase(config: Config): Promise<Finding[]> {
  try {
    const database = await accessDatabase(config, "guest")
    try {
      return await askServer(database.url, connectionsOf(config.processes) + SPARE_CONNECTIONS)
    } finally {
      await database.release()
    }
  } catch (error) {
    const { line } = explain(error)
    if (line === null) throw error
    return [{ check: "database", ok: false, found: line }]
  }
}

async function askServer(url: string, neededConnections: number): Promise<Finding[]> {
  const database = openDatabase({ url })
  try {
    const { rows } = await database.views.query<Record<string, string>>(`
      select current_setting('server_version') as version,
             current_setting('server_version_num') as number,
             current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as synchronous_commit,
             current_setting('full_page_writes') as full_page_writes,
             current_setting('max_connections') as max_connections,
             pg_is_in_recovery()::text as in_recovery`)
    const settings = rows[0] ?? {}
    const states = await migrationStates(database.views)
    const missing = states.filter(({ executedAt }) => executedAt === null).map(({ name }) => name)
    return [
      {
        check: "database",
        ok: Number(settings["number"]) >= OLDEST_SERVER,
        found: `PostgreSQL ${settings["version"]}`,
      },
      { check: "fsync", ok: settings["fsync"] === "on", found: settings["fsync"] ?? "unknown" },
      {
        check: "synchronous_commit",
        ok: settings["synchronous_commit"] !== "off",
        found: settings["synchronous_commit"] ?? "unknown",
      },
      {
        check: "full_page_writes",
        ok: settings["full_page_writes"] === "on",
        found: settings["full_page_writes"] ?? "unknown",
      },
      {
        check: "writable",
        ok: settings["in_recovery"] === "false",
        found: settings["in_recovery"] === "false" ? "yes" : "no: it is a standby in recovery",
      },
      {
        check: "max_connections",
        ok: Number(settings["max_connections"]) >= neededConnections,
        found: settings["max_connections"] ?? "",
      },
      {
        check: "schema",
        ok: true,
        found: missing.length === 0 ? "up to date" : `serve or migrate will add ${missing.join(", ")}`,
      },
    ]
  } finally {
    await database.close()
  }
}
