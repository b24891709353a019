/** Who is measured. */
export const serverNames = [
  "doorbuster",
  "doorbuster-2-processes",
  "doorbuster-aged",
  "echo",
  "lock-per-request",
  "atomic-update",
  "unit-rows",
  "redis-lua-always",
  "redis-lua-everysec",
] as const

export type ServerName = (typeof serverNames)[number]

/** A server under measurement, in a process of its own, on loopback. */
export interface Server {
  readonly name: ServerName
  readonly host: string
  readonly port: number
  /** The bytes of memory its processes hold at this moment. */
  memory(): Promise<number>
  /** Puts a product with so many units on offer; returns its id. */
  createProduct(stock: number): Promise<number>
  /** Units of a product that are held or sold, by its counters and by its rows. */
  counts(productId: number): Promise<Counts>
  /** Everything that is wrong with what it keeps; an empty list if nothing is. */
  verify(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface Counts {
  readonly counter: number
  readonly rows: number
  /** Units sold, where a server sells. */
  readonly sold?: number
}

/** What servers are started over. */
export interface Workspace {
  /** A fresh database of its own. */
  createDatabase(name: string): Promise<string>
  /** A directory that is removed in the end. */
  readonly directory: string
}
