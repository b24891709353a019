import { isLoopback } from "./addresses.ts"
import type { ConfigError } from "./config-error.ts"

/** The Redis server over which hosts share their limits by address. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** `user` null: the default user. */
  readonly login: { readonly user: string | null; readonly password: string } | null
  /** The number of the database in Redis. */
  readonly database: number
  /** The first part of all keys. */
  readonly prefix: string
}

/** The variables of Redis. */
export interface RedisEnvironment {
  REDIS_URL?: string
  REDIS_PREFIX: string
}

/** The allowed values of REDIS_URL, for error messages. */
const REDIS_URL_SHAPE =
  "rediss://user:password@host:6379/0 or, on this machine only, redis://127.0.0.1:6379, in which @ / ? # % of a user name or password are written as %40 %2F %3F %23 %25"

/** The default values and allowed values of the variables, as for `schema`. */
export const redisVariables = {
  REDIS_URL: { type: "string", minLength: 1, description: REDIS_URL_SHAPE },
  REDIS_PREFIX: {
    type: "string",
    pattern: "^[A-Za-z0-9._:-]{1,64}$",
    default: "doorbuster",
    description: "1 to 64 letters, digits and . _ : -",
  },
}

type BadValue = (name: string, value: string | undefined, expected: string) => ConfigError

/** The server in REDIS_URL; null: Redis is not used. Throws `ConfigError` for a URL that cannot be understood. */
export function redisServer(
  { REDIS_URL: url, REDIS_PREFIX: prefix }: RedisEnvironment,
  badValue: BadValue,
): RedisServer | null {
  if (url === undefined) return null
  const server = serverIn(url)
  if (server === null) throw badValue("REDIS_URL", url, REDIS_URL_SHAPE)
  return { ...server, prefix }
}

const HIGHEST_DATABASE = 9_999

/**
 * Scheme, login, host, port, database. Stricter than the URL parser, which takes a part of a password with / ? # for a host or
 * path, and drops line breaks.
 */
const shape =
  /^rediss?:\/\/(?:[^@/?#\s]*@)?(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/\d{0,4})?$/

/** Null: the URL has another form, or would send a password and the counts over a network without encryption. */
function serverIn(value: string): Omit<RedisServer, "prefix"> | null {
  if (!shape.test(value)) return null
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || url.hostname === "" || url.port === "0") return null
  const login = loginIn(url)
  const database = Number(url.pathname.slice(1))
  if (login === "incomplete" || database > HIGHEST_DATABASE) return null
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  const tls = url.protocol === "rediss:"
  if (!tls && !isLoopback(host)) return null
  return { host, port: url.port === "" ? 6_379 : Number(url.port), tls, login, database }
}

function loginIn(url: URL): RedisServer["login"] | "incomplete" {
  try {
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
    if (password === "") return user === "" ? null : "incomplete"
    return { user: user === "" ? null : user, password }
  } catch {
    return "incomplete"
  }
}
