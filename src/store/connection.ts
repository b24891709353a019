import pg from "pg"
import { readDatabaseUrl, settingsIn, type DatabaseServer } from "../base/database-url.ts"
import { NoConnection, UnfitDatabase } from "./errors.ts"
import { createServerChoice, messageOf, type Admit } from "./server-choice.ts"
import { checkSession, startupOptions, type Purpose } from "./session.ts"

/** How to open connections for one purpose: settings for the driver, and the class of its clients. */
export interface ConnectionKind {
  readonly settings: pg.ClientConfig
  readonly Client: typeof pg.Client
}

/** How long a caller waits for a connection before it gets an error. */
const CONNECT_TIMEOUT_MS = 3_000

/**
 * Makes the kinds of connections to the servers in `url`. The program opens all its connections this way, so each of
 * them asks for the settings of session.ts, and is checked before its first use: it has the settings and takes writes.
 *
 * If `url` names several servers, the kinds made by one call share the choice of the server. `admit` is called with each
 * checked connection, and refuses it by throwing.
 */
export function connectionKinds(
  url: string,
  admit?: Admit,
): (purpose: Purpose, options?: KindOptions) => ConnectionKind {
  const { servers, options: userOptions, isPooled } = readDatabaseUrl(url)
  const choose = servers.length > 1 ? createServerChoice(servers, admit) : null
  return (purpose, { isChecked = true } = {}) => ({
    settings: {
      // readDatabaseUrl has removed the parameters that would override the settings below.
      connectionString: servers[0]?.url ?? "",
      application_name: `doorbuster ${purpose}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      ...(!isPooled && { options: startupOptions(purpose, userOptions) }),
    },
    Client: clientClass(choose, async (client) => {
      if (isPooled) await settleInPooler(client, startupOptions(purpose, userOptions))
      if (!isChecked) return
      await checkSession(client, purpose, userOptions)
      await admit?.(client, purpose)
    }),
  })
}

/**
 * Throws {@link NoConnection} if `url` names a pooler that is not in session mode. Opens two connections at once: of one that is
 * idle, a pooler in transaction mode gives the process of PostgreSQL to the other.
 */
export async function checkPooler(url: string): Promise<void> {
  if (!readDatabaseUrl(url).isPooled) return
  const first = await openConnection(url, "tools")
  try {
    const second = await openConnection(url, "tools")
    await second.end()
  } finally {
    await first.end()
  }
}

/** The PostgreSQL processes behind the open connections to poolers. */
const pooled = new Map<number, pg.Client>()

/**
 * Sets in the session what a pooler would not take as `options`. Throws {@link UnfitDatabase} if another open connection of this
 * program has the same process of PostgreSQL: then the pooler shares connections between transactions, and settings are lost.
 */
async function settleInPooler(client: pg.Client, options: string): Promise<void> {
  const settings = settingsIn(options)
  const { rows } = await client.query<{ pid: number }>(
    `select pg_backend_pid() as pid, count(set_config(name, value, false))
       from unnest($1::text[], $2::text[]) as wanted (name, value)`,
    [settings.map(([name]) => name), settings.map(([, value]) => value)],
  )
  const pid = rows[0]?.pid ?? 0
  if (pooled.has(pid)) {
    throw new UnfitDatabase(
      "The database cannot be used: the pooler gives one connection to several clients, so it is in transaction or statement mode. Doorbuster needs session mode (pool_mode = session), or no pooler",
    )
  }
  pooled.set(pid, client)
  const forget = () => pooled.get(pid) === client && pooled.delete(pid)
  client.once("end", forget)
  const end = client.end.bind(client)
  // The pooler gives the process to another client before this one has seen its own end.
  client.end = async (callback?: (error: Error) => void) => {
    forget()
    if (callback === undefined) await end()
    else end(callback)
  }
}

/** `isChecked` false: opens the connection without checking its session, for a command that reports on the session. */
interface KindOptions {
  readonly isChecked?: boolean
}

/** Opens one connection, which the caller must end. Throws {@link NoConnection}. */
export async function openConnection(
  url: string,
  purpose: Purpose,
  options?: KindOptions,
): Promise<pg.Client> {
  const { Client, settings } = connectionKinds(url)(purpose, options)
  return new Client(settings).connect()
}

/**
 * Returns a URL of a single server: `url` itself, or the URL of the one that takes writes if `url` names several.
 * Throws {@link NoConnection}.
 */
export async function urlOfOneServer(url: string): Promise<string> {
  const { servers, options } = readDatabaseUrl(url)
  if (servers.length === 1) return url
  const server = await createServerChoice(servers)()
  if (options === "") return server.url
  return `${server.url}${server.url.includes("?") ? "&" : "?"}options=${encodeURIComponent(options)}`
}

/** A client class whose `connect` goes to the server that `choose` returns, and resolves after `check` has passed. */
function clientClass(
  choose: (() => Promise<DatabaseServer>) | null,
  check: (client: pg.Client) => Promise<void>,
): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config)
      // Without a listener, a connection that breaks between two statements ends the process. Its next statement fails.
      this.on("error", () => undefined)
    }

    override connect(): Promise<pg.Client>
    override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void
    override connect(callback?: (error: never, client: pg.Client) => void): Promise<pg.Client> | void {
      const connected = this.#open()
      if (callback === undefined) return connected
      const tell = callback as (error: unknown, client: pg.Client) => void
      connected.then(
        () => tell(null, this),
        (error: unknown) => tell(error, this),
      )
    }

    async #open(): Promise<pg.Client> {
      try {
        if (choose !== null) setAddress(this, await choose())
        await super.connect()
      } catch (error) {
        throw error instanceof NoConnection ? error : new NoConnection(messageOf(error), { cause: error })
      }
      try {
        await check(this)
      } catch (error) {
        void this.end().catch(() => undefined)
        throw error instanceof NoConnection ? error : new NoConnection(messageOf(error), { cause: error })
      }
      return this
    }
  }
}

/** Sets host and port after the client was made: the driver reads them again when it connects. */
function setAddress(client: pg.Client, { url }: DatabaseServer): void {
  const { host, port } = new pg.Client({ connectionString: url })
  // The driver looks up the password of this host in the password file.
  const { connectionParameters } = client as pg.Client & { readonly connectionParameters: object }
  Object.assign(connectionParameters, { host, port })
  Object.assign(client, { host, port })
}
