/** One PostgreSQL server that DATABASE_URL names. */
export interface DatabaseServer {
  /** A connection string for this server alone, with only the parameters of address, login and encryption. */
  readonly url: string
  /** `host:port`, for messages. */
  readonly name: string
}

/** The contents of DATABASE_URL. */
export interface DatabaseAddress {
  /** At least one, in the order in which they are preferred. */
  readonly servers: readonly DatabaseServer[]
  /** The URL's startup options; "" if it has none. */
  readonly options: string
  /** True: a pooler in session mode stands between, which takes no startup options. */
  readonly isPooled: boolean
  /** Parameters of the URL that have no effect, because the program sets these things itself. */
  readonly ignored: readonly string[]
}

/** The text is not a valid connection string. The message contains no part of it, because it may hold a password. */
export class DatabaseUrlError extends Error {}

/** The form of a connection string, for error messages. */
export const DATABASE_URL_SHAPE =
  "a connection string such as postgresql://user:password@host:5432/database, in which @ / ? # % of a user name or password are written as %40 %2F %3F %23 %25"

/**
 * Scheme, user information, hosts, path, query. Stricter than the driver: if a password contains `@`, `/`, `?`
 * or `#`, the driver reads a part of it as a host or path, and prints it when that host is not found.
 */
const shape = /^(postgres(?:ql)?:\/\/)(?:([^@/?#\s]*)@)?([^@/?#\s]*)(\/[^@?#]*)?(?:\?([^#\s]*))?$/
const hostAndPort = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]*)(?::(\d{1,5}))?$/
const parameter = /^[A-Za-z_][\w.-]*=[^@]*$/
const parameterBesideUser = /^[A-Za-z_][\w.-]*=/
const HIGHEST_PORT = 65_535

/** Parameters that are passed to the driver. There, any other parameter would override the program's own options. */
const passedOn = new Set([
  "user",
  "password",
  "ssl",
  "sslmode",
  "sslcert",
  "sslkey",
  "sslrootcert",
  "sslnegotiation",
  "uselibpqcompat",
  // Not of the driver, which takes no notice of it. Each server's own URL keeps it.
  "pooler",
])
const understood = new Set(["host", "port", "options", "target_session_attrs"])
/**
 * Accepted values of `target_session_attrs`. All have the same effect: the program connects only to a server that takes
 * writes.
 */
const sessions = new Set(["any", "read-write", "primary"])

/**
 * Reads a connection string, which may name several servers: `postgresql://a:5432,b:5432/shop` or
 * `?host=a,b&port=5432,5432`. Throws {@link DatabaseUrlError}.
 */
export function readDatabaseUrl(url: string): DatabaseAddress {
  const [, scheme = "", user, authority = "", path = "", query = ""] = shape.exec(url) ?? refuse()
  checkQuery(query, user !== undefined)
  const given = new URLSearchParams(query)
  const wanted = given.get("target_session_attrs")
  if (wanted !== null && !sessions.has(wanted)) {
    throw new DatabaseUrlError(
      "a connection string whose target_session_attrs is read-write, primary or any: the program needs a server that takes writes",
    )
  }
  const pooler = given.get("pooler")
  if (pooler !== null && pooler !== "session") {
    throw new DatabaseUrlError("a connection string whose pooler is session: no other mode can be used")
  }
  const kept = [...given].filter(([name]) => passedOn.has(name))
  const before = `${scheme}${user === undefined ? "" : `${decodable(user)}@`}`
  const places = placesOf(authority, given)
  const servers = places.map(({ host, port, isParameter }) => {
    const parameters = new URLSearchParams(kept)
    if (isParameter) parameters.set("host", host)
    const tail = parameters.size === 0 ? "" : `?${parameters.toString()}`
    const colon = port === "" ? "" : `:${port}`
    return {
      url: `${before}${isParameter ? "localhost" : host}${colon}${decodable(path)}${tail}`,
      name: `${host}${colon}`,
    }
  })
  const ignored = [...given.keys()].filter((name) => !passedOn.has(name) && !understood.has(name))
  return { servers, options: given.get("options") ?? "", isPooled: pooler !== null, ignored }
}

/**
 * The connection string with the startup option that makes `schema` the only one in which tables are looked for and made. Throws
 * {@link DatabaseUrlError}.
 */
export function withSchema(url: string, schema: string): string {
  const [, scheme = "", user, authority = "", path = "", query = ""] = shape.exec(url) ?? refuse()
  const parameters = new URLSearchParams(query)
  const given = parameters.get("options") ?? ""
  parameters.set("options", `${given} -c search_path=${schema}`.trim())
  return `${scheme}${user === undefined ? "" : `${user}@`}${authority}${path}?${parameters.toString()}`
}

/** The connection string for a pooler in session mode. Throws {@link DatabaseUrlError}. */
export function withPooler(url: string): string {
  readDatabaseUrl(url)
  return `${url}${url.includes("?") ? "&" : "?"}pooler=session`
}

/** The settings in startup options, in their order: PostgreSQL takes the last of a name. */
export function settingsIn(options: string): readonly (readonly [name: string, value: string])[] {
  const given = options.matchAll(/(?:^| )(?:-c *|--)([\w.]+)=((?:\\.|[^\\ ])*)/g)
  return Array.from(given, ([, name = "", value = ""]) => [name, value.replaceAll(/\\(.)/g, "$1")])
}

/** The search path in startup options; null where they have none. */
export function searchPathIn(options: string): string | null {
  return settingsIn(options).findLast(([name]) => name === "search_path")?.[1] ?? null
}

/** The connection string with another database name. Throws {@link DatabaseUrlError}. */
export function withDatabaseName(url: string, name: string): string {
  const [, scheme, user, authority, , query] = shape.exec(url) ?? refuse()
  return `${scheme}${user === undefined ? "" : `${user}@`}${authority}/${name}${query === undefined ? "" : `?${query}`}`
}

function refuse(): never {
  throw new DatabaseUrlError(DATABASE_URL_SHAPE)
}

/** Refuses a query part that has not the form of a parameter, because it may be the rest of a password. */
function checkQuery(query: string, hasUser: boolean): void {
  const allowed = hasUser ? parameterBesideUser : parameter
  if (!query.split("&").every((pair) => pair === "" || allowed.test(pair))) refuse()
}

/** A `%` that begins no escape stands for itself, as in the driver. An escape that cannot be decoded is refused. */
function decodable(text: string): string {
  const mended = text.replaceAll(/%(?![0-9a-fA-F]{2})/g, "%25")
  try {
    decodeURIComponent(mended)
    return mended
  } catch {
    return refuse()
  }
}

interface Place {
  readonly host: string
  /** "" for the default port. */
  readonly port: string
  /** True if the host comes from a parameter; then it may be the directory of a socket. */
  readonly isParameter: boolean
}

/** Several hosts have a port each, or share one. */
function placesOf(authority: string, given: URLSearchParams): Place[] {
  const named = authority.split(",").map((text) => {
    const [, host = "", port = ""] = hostAndPort.exec(text) ?? refuse()
    return { host: decodable(host), port, isParameter: false }
  })
  const hosts = given.get("host")
  const places =
    hosts === null
      ? named
      : hosts.split(",").map((host) => ({ host, port: named[0]?.port ?? "", isParameter: true }))
  const ports = given.get("port")?.split(",") ?? []
  if (ports.length > 1 && ports.length !== places.length) refuse()
  return places.map(({ host, port, isParameter }, index) => {
    const own = checkPort(ports[index] ?? ports[0] ?? port)
    // Without a host the driver uses PGHOST or this machine, and cannot read a port.
    if (host === "" && (own !== "" || places.length > 1)) refuse()
    return { host, port: own, isParameter }
  })
}

function checkPort(port: string): string {
  return port === "" || (/^\d{1,5}$/.test(port) && Number(port) <= HIGHEST_PORT) ? port : refuse()
}
