/** One PostgreSQL server that DATABASE_URL names. */
export interface DatabaseServer {
  /** Names this server alone, with nothing but what finds it, proves who asks, and encrypts. */
  readonly url: string
  /** `host:port`, for messages. */
  readonly name: string
}

/** What DATABASE_URL says. */
export interface DatabaseAddress {
  /** At least one, in the order in which they are preferred. */
  readonly servers: readonly DatabaseServer[]
  /** The URL's startup options; "" if it has none. */
  readonly options: string
  /** Parameters of the URL that have no effect, because the program sets these things itself. */
  readonly ignored: readonly string[]
}

/** The text is not a connection string that can be understood; the message holds no piece of it. */
export class DatabaseUrlError extends Error {}

/** What a connection string has to look like, for error messages. */
export const DATABASE_URL_SHAPE =
  "a connection string such as postgresql://user:password@host:5432/database, in which @ / ? # % of a user name or password are written as %40 %2F %3F %23 %25"

/**
 * Scheme, user information, hosts, path, query. Stricter than the driver, which takes a part of a password
 * that holds `@`, `/`, `?` or `#` for a host or a path, and prints it when that host is not found.
 */
const shape = /^(postgres(?:ql)?:\/\/)(?:([^@/?#\s]*)@)?([^@/?#\s]*)(\/[^@?#]*)?(?:\?([^#\s]*))?$/
const hostAndPort = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]*)(?::(\d{1,5}))?$/
const parameter = /^[A-Za-z_][\w.-]*=[^@]*$/
const parameterBesideUser = /^[A-Za-z_][\w.-]*=/
const HIGHEST_PORT = 65_535

/** Parameters that the driver is given; it would let any other one win over what the program asks for. */
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
])
const understood = new Set(["host", "port", "options", "target_session_attrs"])
/** With any of them the program looks for a server that takes writes, because it can do nothing with another one. */
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
  return { servers, options: given.get("options") ?? "", ignored }
}

/** The same servers' database of another name. Throws {@link DatabaseUrlError}. */
export function withDatabaseName(url: string, name: string): string {
  const [, scheme, user, authority, , query] = shape.exec(url) ?? refuse()
  return `${scheme}${user === undefined ? "" : `${user}@`}${authority}/${name}${query === undefined ? "" : `?${query}`}`
}

function refuse(): never {
  throw new DatabaseUrlError(DATABASE_URL_SHAPE)
}

/** What looks like no parameter may be the rest of a password. */
function checkQuery(query: string, hasUser: boolean): void {
  const allowed = hasUser ? parameterBesideUser : parameter
  if (!query.split("&").every((pair) => pair === "" || allowed.test(pair))) refuse()
}

/** A `%` that begins no escape stands for itself, as the driver has it; one that cannot be decoded is refused. */
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
  /** "": the usual one. */
  readonly port: string
  /** True: the host was named by a parameter, and may be the directory of a socket. */
  readonly isParameter: boolean
}

/** Of several hosts each has its own port, or all have the one that is named. */
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
    // Without a host the driver takes PGHOST, or this machine; it cannot read a port there.
    if (host === "" && (own !== "" || places.length > 1)) refuse()
    return { host, port: own, isParameter }
  })
}

function checkPort(port: string): string {
  return port === "" || (/^\d{1,5}$/.test(port) && Number(port) <= HIGHEST_PORT) ? port : refuse()
}
