import { lookup as lookUpName, type LookupAddress } from "node:dns"
import { BlockList, isIP, SocketAddress, type LookupFunction } from "node:net"

/** Finds all addresses of a name, as the system does. */
export type FindAddresses = (
  name: string,
  options: { readonly all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** An address to which nothing may be sent: behind it may be what only this machine can reach. */
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
    // Unspecified, loopback, and IPv4 addresses in the three ways of writing them into one of these.
    ["::", 64],
    // Addresses that a gateway turns into IPv4 ones, which may be private.
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

/** One list for each family: a list of both takes every IPv4 address for an IPv6 one of the first range. */
const lists = { ipv4: listOf("ipv4"), ipv6: listOf("ipv6") }

function listOf(family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of notPublic[family]) list.addSubnet(network, prefix, family)
  return list
}

/** True for an address in the public internet; false for all others, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  if (family === 4) return !lists.ipv4.check(address, "ipv4")
  // Without its zone, and in the one way to write it.
  const [plain = ""] = address.split("%")
  return !lists.ipv6.check(new SocketAddress({ address: plain, family: "ipv6" }).address, "ipv6")
}

/**
 * Looks each name up once at a time, for all who ask meanwhile. The system looks few names up at once, so
 * one that nobody answers for would be in the way of all others if it were asked for again and again.
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
 * A look-up for a connection that refuses names with an address that is not public. The addresses it
 * finds are those that are connected to, so a name that points elsewhere a moment later gains nothing.
 */
export function publicLookup(find: FindAddresses): LookupFunction {
  return (name, options, found) => {
    find(name, { all: true }, (error, addresses) => {
      const refused = error === null && addresses.some(({ address }) => !isPublicAddress(address))
      if (refused) found(new PrivateAddress(`${name} is at a private address`), "")
      else answer({ name, error, addresses, isAll: options.all === true }, found)
    })
  }
}

/** As {@link publicLookup}, for those who may go everywhere. */
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
  /** Whoever asked wants all of them. */
  readonly isAll: boolean
}

function answer({ name, error, addresses, isAll }: Found, found: Parameters<LookupFunction>[2]): void {
  const [first] = addresses ?? []
  if (error !== null) found(error, "")
  else if (first === undefined) found(new Error(`${name} has no address`), "")
  else if (isAll) found(null, addresses)
  else found(null, first.address, first.family)
}
