import type { FastifyRequest } from "fastify"
import { isIP } from "node:net"
import type { App } from "./typed-app.ts"

/**
 * Normalises the `X-Forwarded-*` headers of proxies before anything reads them. Only for servers that trust a proxy;
 * TRUST_PROXY decides which.
 *
 * Some proxies write the client's port beside its address. Without this each port would count as another client, and
 * limits by address would have no effect.
 */
export function readForwardedHeaders(app: App): void {
  app.addHook("onRequest", ({ raw: { headers } }: FastifyRequest, _reply, done) => {
    const addresses = headers["x-forwarded-for"]
    if (addresses !== undefined) {
      headers["x-forwarded-for"] = plainAddresses(String(addresses))
    }
    // Each proxy may append its own value, so the first element is what the browser used. A client that forges it
    // changes the cookie and the origin check of its own requests only.
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

/** The address of a client that its proxy does not reveal (RFC 7239), or whose header contains no valid address. */
const UNKNOWN = "unknown"

/**
 * Returns the address in one element of `X-Forwarded-For`, without port, brackets, quotes and zone, in its shortest
 * form. Examples of elements: `203.0.113.2:4711`, `"[2001:DB8::1]:443"`, `fe80::1%eth0`, `::ffff:203.0.113.2`. All
 * elements without an address count as one client, `unknown`.
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

/** Also converts an IPv4-mapped address to IPv4, because sockets for both families report IPv4 clients that way. */
function shortestIPv6(address: string): string {
  // URL writes the canonical form of RFC 5952, in brackets, and an IPv4 part as two hexadecimal groups.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [, high = "", low = ""] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(short) ?? []
  if (low === "") return short
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [first >> 8, first & 255, second >> 8, second & 255].join(".")
}
