import cluster from "node:cluster"
import { once } from "node:events"
import { createServer, type AddressInfo, type Server } from "node:net"
import type { FastifyInstance } from "fastify"

/**
 * Connections that may wait in the kernel for one listener. Node asks for 511, which a crowd fills in one
 * long turn of the event loop; TCP lets whoever finds no room try again after 1, 3 and 7 seconds. The
 * system allows fewer than this (Linux: `net.core.somaxconn`), so the system decides.
 */
const BACKLOG = 65_535

/**
 * libuv accepts one connection of a listener in a turn of the event loop. Under a thousand visitors who
 * ask again at once a turn takes tens of milliseconds, and those at the door would come in by twenty or
 * thirty a second, however many they are; so there are several listeners for one port.
 */
const LISTENERS = 64

/** Systems that share the connections of a port among its listeners. */
const isPortShareable = process.platform === "linux" && !cluster.isWorker

export interface Address {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
}

export interface Listeners {
  /** Stops listening; resolves when the connections that came through are closed. */
  close(): Promise<void>
}

/**
 * Lets a server listen, with as many listeners as the system allows. Of several processes that share a
 * port each has one, because it is their primary that listens. Throws as listening does.
 */
export async function listen(
  app: Pick<FastifyInstance, "listen" | "addresses" | "server">,
  { host, port }: Address,
): Promise<Listeners> {
  await checkAddress({ host, port })
  // Fastify hands on to Node what it has no type for.
  const options = { host, port, backlog: BACKLOG, reusePort: isPortShareable }
  await app.listen(options)
  const more = isPortShareable ? app.addresses().flatMap((address) => listenersAt(app, address)) : []
  await Promise.all(more.map(({ listening }) => listening))
  return {
    async close() {
      await Promise.all(more.map(({ server }) => new Promise((closed) => server.close(closed))))
    },
  }
}

/**
 * Throws as listening does where the address cannot be listened on: somebody listens there (a port that is shared with
 * oneself could be shared with others by mistake), the user may not, or it is not of this machine.
 */
export async function checkAddress({ host, port }: Address): Promise<void> {
  if (port === 0 || cluster.isWorker) return
  const probe = createServer().listen({ host, port })
  await once(probe, "listening")
  await new Promise((closed) => probe.close(closed))
}

interface Listener {
  readonly server: Server
  readonly listening: Promise<void>
}

/** All listeners of an address but its first. */
function listenersAt(
  app: Pick<FastifyInstance, "listen" | "addresses" | "server">,
  address: AddressInfo | string,
): Listener[] {
  if (typeof address === "string") return []
  return Array.from({ length: LISTENERS - 1 }, () => {
    // As Node's HTTP server makes its own connections.
    const server = createServer({ allowHalfOpen: true, noDelay: true })
    server.on("connection", (socket) => app.server.emit("connection", socket))
    const listening = new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen({ host: address.address, port: address.port, backlog: BACKLOG, reusePort: true }, resolve)
    })
    return { server, listening }
  })
}
