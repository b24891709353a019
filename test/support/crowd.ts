import type { TestAnswer, TestClient } from "./http.ts"

/** Creates a product with `stock` units and returns its id. */
export async function offerUnits(server: TestClient, stock: number): Promise<number> {
  const { body } = await server.post("/api/admin/products", {
    name: "Race",
    price_minor: 9999,
    currency: "EUR",
    stock,
  })
  return body.id
}

/** The results of a crowd's requests. */
export interface CrowdResult {
  /** Requests whose connection broke before a response came. */
  readonly cut: number
  /** The reasons: how often each error code of the operating system occurred. */
  readonly breaks: Readonly<Record<string, number>>
  readonly statuses: Readonly<Record<string, number>>
}

/** A crowd whose requests are under way. */
export interface Crowd {
  readonly done: Promise<CrowdResult>
  /** Resolves when this number of requests was answered or cut. */
  answered(at: number): Promise<void>
}

/** Sends `count` holds over the client's connections, all at once. */
export function startCrowd(
  server: TestClient,
  productId: number,
  count: number,
  onAcknowledged: (answer: TestAnswer) => void,
): Crowd {
  let cut = 0
  let answered = 0
  const statuses: Record<string, number> = {}
  const breaks: Record<string, number> = {}
  const waiting: { at: number; resolve: () => void }[] = []

  async function buy(): Promise<void> {
    try {
      const answer = await server.post("/api/holds", { product_id: productId, qty: 1 })
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      if (answer.status === 201) onAcknowledged(answer)
    } catch (error) {
      cut += 1
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error)
      breaks[code] = (breaks[code] ?? 0) + 1
    }
    answered += 1
    for (const one of waiting) if (answered >= one.at) one.resolve()
  }
  const done = Promise.all(Array.from({ length: count }, buy)).then((): CrowdResult => ({
    cut,
    breaks,
    statuses,
  }))
  return {
    done,
    answered: (at: number) => new Promise<void>((resolve) => void waiting.push({ at, resolve })),
  }
}

/** The holds that the server cannot find. */
export async function missingHolds(server: TestClient, holdIds: readonly number[]): Promise<number[]> {
  const found = await Promise.all(holdIds.map((id) => server.get(`/api/holds/${id}`)))
  return holdIds.filter((_, index) => found[index]?.status !== 200)
}
