import { isIP } from "node:net"

/** True for what only this machine can reach, as a name or address to listen on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))
}

/** True for an address, or a network such as `10.0.0.0/8`; with `/0` it would be everyone. */
export function isNetwork(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/")
  const bits = isIP(address) === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits)
  return isIP(address) !== 0 && isPrefix && rest.length === 0
}
