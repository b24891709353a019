import pg from "pg"
import { readDatabaseUrl, type DatabaseServer } from "../base/database-url.ts"
import { NoConnection } from "./errors.ts"
import { createServerChoice, messageOf } from "./server-choice.ts"
import { checkSession, startupOptions, type Purpose } from "./session.ts"

/** How connections for one purpose are opened: settings for the driver, and the class of its clients. */
export interface ConnectionKind {
  readonly settings: pg.ClientConfig
  readonly Client: typeof pg.Client
}

/** How long a caller waits for a connection before it is told that the database is away. */
const CONNECT_TIMEOUT_MS = 3_000

/**
 * Opens connections to the servers that `url` names. All that the program opens come from here, so that each has
 * the session's settings and has shown, before its first use, that it has them and takes writes.
 *
 * Kinds that are made by one call share what they know of several servers.
 */
export function connectionKinds(url: string): (purpose: Purpose, options?: KindOptions) => ConnectionKind {
  const { servers, options: theirs } = readDatabaseUrl(url)
  const choose = servers.length > 1 ? createServerChoice(servers) : null
  return (purpose, { isChecked = true } = {}) => ({
    settings: {
      // With nothing in it that would win over what follows.
      connectionString: servers[0]?.url ?? "",
      application_name: `doorbuster ${purpose}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      options: startupOptions(purpose, theirs),
    },
    Client: clientClass(choose, async (client) => {
      if (isChecked) await checkSession(client, purpose)
    }),
  })
}

/** False: the connection is opened whatever its session is like, for a command that reports on it. */
interface KindOptions {
  readonly isChecked?: boolean
}

/** Opens one connection, which the caller has to end. Throws {@link NoConnection}. */
export async function openConnection(
  url: string,
  purpose: Purpose,
  options?: KindOptions,
): Promise<pg.Client> {
  const { Client, settings } = connectionKinds(url)(purpose, options)
  return new Client(settings).connect()
}

/**
 * The URL of one server alone: `url` itself, or that of the server that takes writes among several.
 * Throws {@link NoConnection}.
 */
export async function urlOfOneServer(url: string): Promise<string> {
  const { servers, options } = readDatabaseUrl(url)
  if (servers.length === 1) return url
  const server = await createServerChoice(servers)()
  if (options === "") return server.url
  return `${server.url}${server.url.includes("?") ? "&" : "?"}options=${encodeURIComponent(options)}`
}

/** A client that goes to the server that `choose` finds, and is connected once `check` has let it pass. */
function clientClass(
  choose: (() => Promise<DatabaseServer>) | null,
  check: (client: pg.Client) => Promise<void>,
): typeof pg.Client {
  return class extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config)
      // One that breaks between two statements would take the process down; its next statement fails instead.
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
        if (choose !== null) goTo(this, await choose())
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

/** The driver takes one host when the client is made; until it connects, these may be changed. */
function goTo(client: pg.Client, { url }: DatabaseServer): void {
  const { host, port } = new pg.Client({ connectionString: url })
  // A password file is asked for the password of this server.
  const { connectionParameters } = client as pg.Client & { readonly connectionParameters: object }
  Object.assign(connectionParameters, { host, port })
  Object.assign(client, { host, port })
}
