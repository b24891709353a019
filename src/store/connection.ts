import pg from "pg"
import { readDatabaseUrl, type DatabaseServer } from "../base/database-url.ts"
import { NoConnection } from "./errors.ts"
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
  const { servers, options: userOptions } = readDatabaseUrl(url)
  const choose = servers.length > 1 ? createServerChoice(servers, admit) : null
  return (purpose, { isChecked = true } = {}) => ({
    settings: {
      // readDatabaseUrl has removed the parameters that would override the settings below.
      connectionString: servers[0]?.url ?? "",
      application_name: `doorbuster ${purpose}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      options: startupOptions(purpose, userOptions),
    },
    Client: clientClass(choose, async (client) => {
      if (!isChecked) return
      await checkSession(client, purpose, userOptions)
      await admit?.(client, purpose)
    }),
  })
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
