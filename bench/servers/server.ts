/** The servers that can be measured. */
export const serverNames = [
  "doorbuster",
  "doorbuster-2-processes",
  "doorbuster-aged",
  "doorbuster-12-variants",
  "doorbuster-baskets-of-3",
  "doorbuster-details",
  "doorbuster-mail",
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
  /** The resident memory of its processes at this moment, in bytes. */
  memory(): Promise<number>
  /** Creates a product with `stock` units and returns its id. */
  createProduct(stock: number): Promise<number>
  /** The held and sold units of a product, according to its counters and to its rows. */
  counts(productId: number): Promise<Counts>
  /** Verifies its data; returns the violations. */
  verify(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface Counts {
  readonly counter: number
  readonly rows: number
  /** Sold units, if the server can sell. */
  readonly sold?: number
}

/** The database server and the directory that servers under measurement use. */
export interface Workspace {
  /** Creates a database; returns its URL. */
  createDatabase(name: string): Promise<string>
  /** A directory that is removed at the end. */
  readonly directory: string
}
