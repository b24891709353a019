import type { FastifyRequest } from "fastify"
import { isIP } from "node:net"
import type { App } from "./typed-app.ts"

/**
 * Brings what proxies write into one form, before anything reads it. Only for servers that trust a proxy: the headers
 * of others are not read at all, and TRUST_PROXY still decides whose are.
 *
 * Some proxies write the client's port beside its address. Each port would then be a client of its own, and no limit by
 * address would hold.
 */
export function readForwardedHeaders(app: App): void {
  app.addHook("onRequest", ({ raw: { headers } }: FastifyRequest, _reply, done) => {
    const addresses = headers["x-forwarded-for"]
    if (addresses !== undefined) {
      headers["x-forwarded-for"] = plainAddresses(String(addresses))
    }
    // Each proxy on the way may add what it saw: the first element is the browser's side. A client that makes one up
    // chooses the cookie and the origin check of its own connection, and of no other.
    for (const name of ["x-forwarded-proto", "x-forwarded-host"] as const) {
      const value = headers[name]
      if (value !== undefined) headers[name] = String(value).split(",", 1).join("").trim().toLowerCase()
    }
    done()
  })
}

function plainAddresses(list: string): string {
  const elements = list.split(",").filter((element) => element.trim() !== "")
  return elements.map(plainAddress).join(", ")
}

/** What a proxy puts in the place of an address that it does not tell, and what is no address at all. */
const UNKNOWN = "unknown"

/**
 * The address in one element of `X-Forwarded-For`, without port, brackets, quotes and zone, in its shortest spelling:
 * `203.0.113.2:4711`, `"[2001:DB8::1]:443"`, `fe80::1%eth0`, `::ffff:203.0.113.2`. Anything else is one client,
 * `unknown`.
 */
export function plainAddress(element: string): string {
  if (isIP(element) === 4) return element
  const text = element
    .trim()
    .replace(/^for=/i, "")
    .replace(/^"(.*)"$/, "$1")
  const bare = /^\[([^\]]*)\](?::\d*)?$/.exec(text)?.[1] ?? /^([\d.]+):\d*$/.exec(text)?.[1] ?? text
  const address = bare.replace(/%.*$/, "")
  const family = isIP(address)
  if (family === 4) return address
  return family === 6 ? shortestIPv6(address) : UNKNOWN
}

/** An IPv4 address inside an IPv6 one is the IPv4 address: a socket for both families shows it so. */
function shortestIPv6(address: string): string {
  // URL writes the canonical form of RFC 5952, in brackets, and an IPv4 part as two hexadecimal groups.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [, high = "", low = ""] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? []
  if (low === "") return short
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [first >> 8, first & 255, second >> 8, second & 255].join(".")
}
