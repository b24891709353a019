import { GOOD_TOKEN_LENGTH } from "./serve.ts"
import { access, constants, readFile } from "node:fs/promises"
import type { Config } from "../config/config.ts"
import { explainUnused } from "../config/unused-variables.ts"
import { connectionsOf } from "../processes/share.ts"
import { requireUsableIfNewer, schemaState, type SchemaState } from "../store/upkeep/schema.ts"
import { openToolPool } from "../store/pool.ts"
import { openConnection } from "../store/connection.ts"
import { readSession, type Purpose } from "../store/session.ts"
import { readDatabaseUrl } from "../base/database-url.ts"
import { accessDatabase, requireDatabase } from "./database.ts"
import { checkEnvFile } from "./doctor-environment.ts"
import { checkChallenge } from "./doctor-challenge.ts"
import { checkClock } from "./doctor-clock.ts"
import { checkIdOrigin } from "./doctor-ids.ts"
import { checkMail } from "./doctor-mail.ts"
import { checkPages } from "./doctor-pages.ts"
import { checkRedis } from "./doctor-redis.ts"
import { checkReplication } from "./doctor-replication.ts"
import { checkAddresses, checkOffers, checkPayments } from "./doctor-selling.ts"
import { explain } from "./exit.ts"
import type { Finding } from "./finding.ts"
import { checkCustomerToken } from "./sign-customer.ts"
import { print, printJson } from "./output.ts"

/** Connections for migrations, commands beside the server, and database administrators. */
const SPARE_CONNECTIONS = 6

/** Checks the installation and prints the findings; false if a check failed. */
export async function doctor(
  config: Config,
  { json, customerToken }: { json: boolean; customerToken?: string | undefined },
): Promise<boolean> {
  requireDatabase(config)
  const findings = [
    ...checkConfig(config),
    ...checkUnused(config),
    ...checkEnvFile(),
    checkPayments(config),
    ...checkAddresses(config),
    ...(customerToken === undefined ? [] : [checkCustomerToken(config, customerToken)]),
    checkPages(),
    ...(await checkMail(config)),
    ...(await checkChallenge(config)),
    ...(await checkRedis(config)),
    ...(await checkBacklog()),
    await checkDirectory(config),
    ...(await checkDatabase(config)),
  ]
  const isSound = findings.every((finding) => finding.ok)
  if (json) printJson({ ok: isSound, findings })
  else for (const finding of findings) print(`${markOf(finding)}  ${finding.check}: ${finding.found}`)
  return isSound
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

function checkUnused({ unusedVariables }: Config): Finding[] {
  if (unusedVariables.length === 0) return []
  return [{ check: "environment", ok: true, weak: true, found: explainUnused(unusedVariables) }]
}

function isGuessable(adminToken: string | null): boolean {
  return adminToken !== null && adminToken.length < GOOD_TOKEN_LENGTH
}

function modeOf({ adminToken }: Config, isSafe: boolean): string {
  if (adminToken === null) return "open: reachable from this machine only, without tokens"
  if (!isSafe) return "closed, but PAYMENT_WEBHOOK_SECRET is not set: serve will not start"
  if (isGuessable(adminToken)) {
    return `closed; ADMIN_TOKEN has fewer than ${GOOD_TOKEN_LENGTH} characters and can be guessed`
  }
  return "closed: tokens and signatures are required"
}

/** Linux's default since 5.4; older versions and some containers allow 128. */
const USUAL_WAITING_CONNECTIONS = 4_096

/** Checks how many connections may wait to be accepted. A small number is a warning, not a fault. */
async function checkBacklog(): Promise<Finding[]> {
  const text = await readFile("/proc/sys/net/core/somaxconn", "utf8").catch(() => null)
  if (text === null) return []
  const most = Number(text)
  const about = { check: "waiting connections", ok: true }
  const found = `${most} for each listening socket`
  if (most >= USUAL_WAITING_CONNECTIONS) return [{ ...about, found }]
  const advice = `a larger crowd that connects at once waits for seconds: raise net.core.somaxconn to ${USUAL_WAITING_CONNECTIONS} or more`
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
      found: `${dataDirectory} ${isMissing ? "does not exist yet: serve will create it" : "cannot be written by this user"}`,
    }
  }
}

async function checkDatabase(config: Config): Promise<Finding[]> {
  try {
    const database = await accessDatabase(config, "guest")
    try {
      return await askServer(database.url, config)
    } finally {
      await database.release()
    }
  } catch (error) {
    const { line } = explain(error)
    if (line === null) throw error
    return [{ check: "database", ok: false, found: line }]
  }
}

async function askServer(url: string, config: Config): Promise<Finding[]> {
  const neededConnections = connectionsOf(config.processes) + SPARE_CONNECTIONS
  const sessions = await checkSessions(url)
  const findings = [...checkUrl(url), ...sessions, ...(await checkSettings(url, neededConnections))]
  // Without a usable session neither the schema nor the products can be read.
  if (!sessions.every(({ ok }) => ok)) return findings
  return [...findings, await checkSchema(url), ...(await checkContents(url, config))]
}

function checkUrl(url: string): Finding[] {
  const { ignored, isPooled } = readDatabaseUrl(url)
  const pooler: Finding[] = isPooled
    ? [{ check: "pooler", ok: true, found: "in session mode, as DATABASE_POOLER says" }]
    : []
  if (ignored.length === 0) return pooler
  const found = `these parameters have no effect, because the program sets them itself: ${ignored.join(", ")}`
  return [...pooler, { check: "DATABASE_URL", ok: true, weak: true, found }]
}

const purposes: readonly Purpose[] = ["batches", "lookups", "views", "upkeep", "migrate"]

/** Checks the session settings that the code relies on, for each kind of connection. */
async function checkSessions(url: string): Promise<Finding[]> {
  const byCheck = new Map<string, Finding>()
  let readOnlyBecause: string | null = null
  for (const purpose of purposes) {
    const client = await openConnection(url, purpose, { isChecked: false })
    try {
      const session = await readSession(client, purpose, readDatabaseUrl(url).options)
      readOnlyBecause ??= session.readOnlyBecause
      for (const { name, wanted, found, isMet } of session.findings) {
        // One finding for each setting: that of the first kind, unless a later kind does not meet it. Only `upkeep`,
        // which removes old rows, runs without synchronous_commit; the other kinds have it in a finding of their own.
        if (isMet && (byCheck.has(name) || purpose === "upkeep")) continue
        const text = isMet ? found : `${found}, and has to be ${wanted} (connections for ${purpose})`
        byCheck.set(name, { check: name, ok: isMet, found: text })
      }
    } finally {
      await client.end()
    }
  }
  const writable = readOnlyBecause === null ? "yes" : `no: ${readOnlyBecause}`
  return [...byCheck.values(), { check: "writable", ok: readOnlyBecause === null, found: writable }]
}

/** Checks the server settings on which durability depends, and whether max_connections suffices. */
async function checkSettings(url: string, neededConnections: number): Promise<Finding[]> {
  const client = await openConnection(url, "views", { isChecked: false })
  try {
    const { rows } = await client.query<Record<string, string>>(`
      select current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as synchronous_commit,
             current_setting('full_page_writes') as full_page_writes,
             current_setting('max_connections') as max_connections`)
    const settings = rows[0] ?? {}
    const finding = (check: string, isOk: (value: string) => boolean): Finding => {
      const found = settings[check] ?? "unknown"
      return { check, ok: isOk(found), found }
    }
    return [
      finding("fsync", (value) => value === "on"),
      finding("synchronous_commit", (value) => value !== "off"),
      finding("full_page_writes", (value) => value === "on"),
      finding("max_connections", (value) => Number(value) >= neededConnections),
    ]
  } finally {
    await client.end()
  }
}

async function checkSchema(url: string): Promise<Finding> {
  const pool = openToolPool(url, "tools", 1)
  try {
    const state = await schemaState(pool)
    requireUsableIfNewer(state)
    return { check: "schema", ok: true, found: describeSchema(state) }
  } catch (error) {
    const { line } = explain(error)
    if (line === null) throw error
    return { check: "schema", ok: false, found: line }
  } finally {
    await pool.end()
  }
}

function describeSchema({ missing, unknown, migratedBy }: SchemaState): string {
  if (missing.length > 0) return `serve or migrate will add ${missing.join(", ")}`
  if (unknown.length === 0) return "up to date"
  return `Doorbuster ${migratedBy?.version ?? ""} has migrated it; this version may sell on it too`
}

async function checkContents(url: string, config: Config): Promise<Finding[]> {
  const pool = openToolPool(url, "tools", 1)
  try {
    return [
      ...(await checkReplication(pool, config)),
      ...(await checkIdOrigin(pool)),
      await checkClock(pool),
      ...(await checkOffers(pool, config)),
    ]
  } finally {
    await pool.end()
  }
}
