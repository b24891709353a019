import cluster from "node:cluster"
import { once } from "node:events"
import { createServer, type AddressInfo, type Server } from "node:net"
import type { FastifyInstance } from "fastify"

/**
 * Connections that may wait in the kernel at one listening socket. Node's default is 511, which a crowd fills during
 * one long turn of the event loop; TCP then tries again after 1, 3 and 7 seconds. The system's own limit is lower than
 * this number (Linux: `net.core.somaxconn`), so that limit applies.
 */
const BACKLOG = 65_535

/**
 * Listening sockets on one port. libuv accepts one connection of a socket in each turn of the event loop. When a
 * thousand connected visitors send requests at once, a turn takes tens of milliseconds, so one socket would accept only
 * twenty or thirty new connections a second.
 */
const SOCKETS = 64

/** True on systems that distribute the connections of a port among its listening sockets. */
const isPortShareable = process.platform === "linux" && !cluster.isWorker

export interface Address {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
}

/** The sockets that {@link listen} has opened beside the server's own. */
export interface ListeningSockets {
  /** Stops listening; resolves when the connections that they accepted are closed. */
  close(): Promise<void>
}

/**
 * Lets a server listen on one port, with {@link SOCKETS} sockets if the system distributes connections among them.
 * With several processes each has one socket, because the primary listens for them. Throws as `server.listen` does.
 */
export async function listen(
  app: Pick<FastifyInstance, "listen" | "addresses" | "server">,
  { host, port }: Address,
): Promise<ListeningSockets> {
  await checkAddress({ host, port })
  // Fastify passes options on to Node that its own type does not declare.
  const options = { host, port, backlog: BACKLOG, reusePort: isPortShareable }
  await app.listen(options)
  const more = isPortShareable ? app.addresses().flatMap((address) => furtherSockets(app, address)) : []
  await Promise.all(more.map(({ listening }) => listening))
  return {
    async close() {
      await Promise.all(more.map(({ server }) => new Promise((closed) => server.close(closed))))
    },
  }
}

/**
 * Throws as `server.listen` does if the server cannot listen there: another program listens there, this user may not,
 * or the address does not belong to this machine. Needed because `reusePort` would let two servers share a port by
 * mistake.
 */
export async function checkAddress({ host, port }: Address): Promise<void> {
  if (port === 0 || cluster.isWorker) return
  const probe = createServer().listen({ host, port })
  await once(probe, "listening")
  await new Promise((closed) => probe.close(closed))
}

interface ListeningSocket {
  readonly server: Server
  readonly listening: Promise<void>
}

/** Opens the sockets of an address in addition to Fastify's own. */
function furtherSockets(
  app: Pick<FastifyInstance, "listen" | "addresses" | "server">,
  address: AddressInfo | string,
): ListeningSocket[] {
  if (typeof address === "string") return []
  return Array.from({ length: SOCKETS - 1 }, () => {
    // The same options as Node's HTTP server sets for its connections.
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    server.on("connection", (socket) => app.server.emit("connection", socket))
    const listening = new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen({ host: address.address, port: address.port, backlog: BACKLOG, reusePort: true }, resolve)
    })
    return { server, listening }
  })
}
