import type { Logger } from "pino"
import { checkServing, hasOwnSimulator } from "../config/checks.ts"
import { listeningError } from "../config/listening-error.ts"
import { misspelledInEnvFile } from "../config/read-config.ts"
import type { Config } from "../config/config.ts"
import { checkAddress } from "../base/listening-sockets.ts"
import { createLog } from "../base/log.ts"
import { connectionsOf } from "../processes/share.ts"
import { hasDemonstration } from "../seed.ts"
import { takeSteps } from "../base/stop-steps.ts"
import { hasPages } from "../site/built-pages.ts"
import { explainUnused } from "../config/unused-variables.ts"
import { accessDatabase, type DatabaseAccess } from "./database.ts"
import { print } from "./output.ts"
import { MISSING_PAGES } from "./missing-pages.ts"
import { serveMany } from "./serve-many.ts"
import { stopOnSignal, type Stoppable } from "./stop-on-signal.ts"

/** An admin token with fewer characters can be guessed. */
export const GOOD_TOKEN_LENGTH = 16

/** Serves HTTP and runs the worker, in `config.processes` processes, until a signal stops it. */
export async function serve(config: Config, options: { worker: boolean; migrate: boolean }): Promise<void> {
  checkServing(config)
  const log = createLog(config.logLevel, undefined, null, config.logFormat)
  logMode(log, config)
  logUnused(log, config)
  // Before a database is created, which would otherwise remain after a failed start.
  await checkAddress(config).catch((error: unknown) => {
    throw listeningError(error, config.host)
  })
  const access = await accessDatabase(config, "owner", (line) => log.error(line))
  try {
    const server = await startServer(config, { databaseUrl: access.url, log, ...options })
    log.info({ ...sizeOf(config), url: server.url }, "Listening.")
    if (config.adminToken === null) {
      printWhatToTry(server.url, simulatorAt(server.url, config), config.mail === null)
    } else printAddresses(config.publicUrl ?? server.url)
    stopOnSignal(serverOver(server, access, config), config, log)
  } catch (error) {
    await access.release()
    throw error
  }
}

/** A server in this process, or in its children. */
interface Server extends Stoppable {
  readonly url: string
}

/** The share of the stop for an embedded PostgreSQL, which writes a checkpoint. */
const DATABASE_SHARE = 0.2

/** Stops the server first, then releases its database. */
function serverOver(server: Server, access: DatabaseAccess, { databaseUrl }: Config): Stoppable {
  const share = databaseUrl === null ? DATABASE_SHARE : 0
  return {
    async stop({ withinMs, delayMs }) {
      const deadline = performance.now() + withinMs
      const givenUp = await server.stop({ withinMs: withinMs * (1 - share), delayMs })
      const release = { name: "embedded database", run: () => access.release() }
      return [...givenUp, ...(await takeSteps([release], deadline))]
    },
    kill: () => server.kill?.(),
  }
}

interface StartOptions {
  readonly databaseUrl: string
  readonly log: Logger
  readonly worker: boolean
  readonly migrate: boolean
}

/** Loads the server where it runs: the primary of several processes and a start that is refused do without it. */
async function startServer(config: Config, options: StartOptions): Promise<Server> {
  if (config.processes > 1) return serveMany(config, options)
  const { startApp } = await import("../app.ts")
  return startApp(config, { ...options, seed: hasDemonstration(config) })
}

function sizeOf({ processes }: Config): object {
  return processes === 1 ? {} : { processes, database_connections: connectionsOf(processes) }
}

function logMode(log: Logger, { adminToken }: Config): void {
  logAccess(log, adminToken)

  if (!hasPages()) log.warn(`${MISSING_PAGES}.`)
  for (const { name, meant } of misspelledInEnvFile()) {
    log.warn({ name, meant }, ".env sets a name that is not a setting, but resembles one.")
  }
}

function logAccess(log: Logger, adminToken: string | null): void {
  if (adminToken === null) {
    log.warn(
      "Open mode: ADMIN_TOKEN is not set, so requests need no token, and the server listens on loopback only.",
    )
    return
  }
  log.info(
    "Closed mode: admin routes, holds and orders require their tokens, and payment webhooks a signature.",
  )
  if (adminToken.length < GOOD_TOKEN_LENGTH) {
    log.warn(`ADMIN_TOKEN has fewer than ${GOOD_TOKEN_LENGTH} characters and can be guessed.`)
  }
}

function logUnused(log: Logger, { unusedVariables }: Config): void {
  if (unusedVariables.length > 0) log.warn({ variables: unusedVariables }, explainUnused(unusedVariables))
}

/** Address of the simulator; null if there is none. */
function simulatorAt(url: string, config: Config): string | null {
  return hasOwnSimulator(config) ? `${url}/simulator` : config.simulatorUrl
}

/** In closed mode: what to open first. `url`: the address that buyers use, where it is known. */
function printAddresses(url: string): void {
  print(`
  Doorbuster sells at ${url}   (API: ${url}/docs)${controlRoomAt(url)}${hasPages() ? ", and asks for ADMIN_TOKEN" : ""}
`)
}

/** The line about the control room; empty where the pages are not built. */
function controlRoomAt(url: string): string {
  return hasPages() ? `\n  Its control room is ${url}/admin` : ""
}

function printWhatToTry(url: string, simulator: string | null, readsMail: boolean): void {
  const payment = '{"order_id":1,"amount_minor":19998,"currency":"USD"}'
  const payments =
    simulator === null
      ? ""
      : `
    curl -X POST ${simulator}/payments -H 'Content-Type: application/json' -d '${payment}'
    and open the pay_url of the answer`
  const mails = readsMail ? `\n  Its mails to buyers can be read at ${url}/simulator/mail` : ""
  print(`
  Doorbuster sells at ${url}   (API: ${url}/docs)${controlRoomAt(url)}${mails}

  Try it:
    curl ${url}/api/products/1
    curl -X POST ${url}/api/holds -H 'Content-Type: application/json' -d '{"product_id":1,"qty":2}'
    curl -X POST ${url}/api/orders -H 'Content-Type: application/json' -d '{"hold_id":1}'${payments}
`)
}
