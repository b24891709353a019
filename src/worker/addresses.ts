import { lookup as lookUpName, type LookupAddress } from "node:dns"
import { BlockList, isIP, SocketAddress, type LookupFunction } from "node:net"

/** Finds all addresses of a host name. Has the signature of Node's `lookup`. */
export type FindAddresses = (
  name: string,
  options: { readonly all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** Thrown for an address outside the public internet: an endpoint must not reach services of this machine's own network. */
export class PrivateAddress extends Error {}

const notPublic = {
  ipv4: [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    // Multicast, reserved and broadcast.
    ["224.0.0.0", 3],
  ],
  ipv6: [
    // Unspecified, loopback, and the three forms of an IPv4 address inside an IPv6 one.
    ["::", 64],
    // A gateway translates these into IPv4 addresses, which may be private.
    ["64:ff9b::", 96],
    ["64:ff9b:1::", 48],
    ["2001::", 23],
    ["2002::", 16],
    ["100::", 64],
    ["2001:db8::", 32],
    ["3fff::", 20],
    ["5f00::", 16],
    ["fc00::", 7],
    ["fe80::", 10],
    ["fec0::", 10],
    ["ff00::", 8],
  ],
} as const

/** One list for each family: a shared list would match every IPv4 address with the first IPv6 range. */
const lists = { ipv4: listOf("ipv4"), ipv6: listOf("ipv6") }

function listOf(family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of notPublic[family]) list.addSubnet(network, prefix, family)
  return list
}

/** True for an address in the public internet; false for all others, and for text that is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  if (family === 4) return !lists.ipv4.check(address, "ipv4")
  // Without its zone, and in the canonical notation, because `check` compares only that.
  const [plain = ""] = address.split("%")
  return !lists.ipv6.check(new SocketAddress({ address: plain, family: "ipv6" }).address, "ipv6")
}

/**
 * Shares one look-up of a name among all requests that need it at the same time. The system runs only a few
 * look-ups at once, so repeated look-ups of a name whose server does not answer would delay all others.
 */
export function oncePerName(find: FindAddresses = lookUpName): FindAddresses {
  const asking = new Map<string, Parameters<FindAddresses>[2][]>()
  return (name, options, found) => {
    const others = asking.get(name)
    if (others !== undefined) return void others.push(found)
    const waiting = [found]
    asking.set(name, waiting)
    find(name, options, (error, addresses) => {
      asking.delete(name)
      for (const one of waiting) one(error, addresses)
    })
  }
}

/**
 * A look-up for a connection that refuses names with an address that is not public. The connection uses the
 * very addresses that were checked, so a name server that changes its answer afterwards gains nothing.
 */
export function publicLookup(find: FindAddresses): LookupFunction {
  return (name, options, found) => {
    find(name, { all: true }, (error, addresses) => {
      const refused = error === null && addresses.some(({ address }) => !isPublicAddress(address))
      if (refused)
        found(new PrivateAddress(`${name} is at a private address, and WEBHOOK_ALLOW_PRIVATE is not set`), "")
      else answer({ name, error, addresses, isAll: options.all === true }, found)
    })
  }
}

/** As {@link publicLookup}, without the check. */
export function anyLookup(find: FindAddresses): LookupFunction {
  return (name, options, found) => {
    find(name, { all: true }, (error, addresses) => {
      answer({ name, error, addresses, isAll: options.all === true }, found)
    })
  }
}

interface Found {
  readonly name: string
  readonly error: NodeJS.ErrnoException | null
  readonly addresses: LookupAddress[]
  /** True if the caller wants all addresses, false if it wants one. */
  readonly isAll: boolean
}

function answer({ name, error, addresses, isAll }: Found, found: Parameters<LookupFunction>[2]): void {
  const [first] = addresses ?? []
  if (error !== null) found(error, "")
  else if (first === undefined) found(new Error(`${name} has no address`), "")
  else if (isAll) found(null, addresses)
  else found(null, first.address, first.family)
}
