import { CommandFailure } from "./exit.ts"
import { createHttpClient, numberIn, textIn, type HttpAnswer, type HttpClient } from "../http-client.ts"

export interface RaceSetting {
  readonly stock: number
  readonly requests: number
  readonly urls: readonly string[]
  readonly adminToken: string | null
  readonly onProgress: (answered: number, of: number) => void
}

/** How a race ended. `differences` says all that is not as it must be. */
export interface RaceReport {
  readonly productId: number
  readonly stock: number
  readonly successful: number
  readonly failed: number
  /** How often each code or breakage refused a request. */
  readonly failures: Readonly<Record<string, number>>
  readonly finalStock: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly differences: readonly string[]
}

/** Enough that nobody waits for a connection before the server makes them wait. */
const CONNECTIONS = 256
/** How many of the acknowledged holds are looked up at a time. */
const LOOKUPS_AT_ONCE = 32

/** Runs the race against running servers, with nothing but their HTTP API. */
export async function runRace(setting: RaceSetting): Promise<RaceReport> {
  const client = createHttpClient(CONNECTIONS)
  try {
    const productId = await createProduct(client, setting)
    const tries = await buyAll(client, setting, productId)
    return await judge(client, setting, productId, tries)
  } finally {
    client.close()
  }
}

interface Try {
  readonly answer: HttpAnswer | null
  readonly breakage: string | null
  readonly milliseconds: number
}

async function createProduct(client: HttpClient, { urls, stock, adminToken }: RaceSetting): Promise<number> {
  const [url = ""] = urls
  const request = { token: adminToken, body: { name: "Race", price_minor: 9999, currency: "USD", stock } }
  const answer = await client.send("POST", `${url}/api/admin/products`, request).catch((error: unknown) => {
    throw new CommandFailure(`${url} cannot be reached: ${String(error)}`, { cause: error })
  })
  if (answer.status === 201) return numberIn(answer.body, "id")
  if (answer.status === 401) throw new CommandFailure(`${url} asks for its admin token: set ADMIN_TOKEN`)
  throw new CommandFailure(
    `${url} refused the race's product: ${answer.status} ${JSON.stringify(answer.body)}`,
  )
}

async function buyAll(client: HttpClient, setting: RaceSetting, productId: number): Promise<Try[]> {
  let answered = 0
  const buys = Array.from({ length: setting.requests }, async (_, index) => {
    const url = setting.urls[index % setting.urls.length] ?? ""
    const result = await buyOne(client, `${url}/api/holds`, productId, setting.adminToken)
    answered += 1
    setting.onProgress(answered, setting.requests)
    return result
  })
  return Promise.all(buys)
}

async function buyOne(
  client: HttpClient,
  url: string,
  productId: number,
  token: string | null,
): Promise<Try> {
  const startedAt = performance.now()
  const milliseconds = () => performance.now() - startedAt
  try {
    const answer = await client.send("POST", url, { token, body: { product_id: productId, qty: 1 } })
    return { answer, breakage: null, milliseconds: milliseconds() }
  } catch (error) {
    const breakage = error instanceof Error && "code" in error ? String(error.code) : String(error)
    return { answer: null, breakage, milliseconds: milliseconds() }
  }
}

async function judge(
  client: HttpClient,
  setting: RaceSetting,
  productId: number,
  tries: readonly Try[],
): Promise<RaceReport> {
  const taken = tries.filter(({ answer }) => answer?.status === 201)
  const [url = ""] = setting.urls
  // Straight from the database: the last unit may have gone through another server a moment ago.
  const { body: product } = await sendOrNothing(client, "GET", `${url}/api/products/${productId}`, {
    token: setting.adminToken,
    headers: { "cache-control": "no-cache" },
  })
  // Nobody shall buy from it once its holds have lapsed.
  await sendOrNothing(client, "POST", `${url}/api/admin/products/${productId}/pause`, {
    token: setting.adminToken,
  })
  const finalStock = numberIn(product, "available_stock")
  const reserved = numberIn(product, "reserved_stock")
  const lost = await missingHolds(client, setting, taken)
  const expected = Math.min(setting.stock, setting.requests)
  const times = tries.map((one) => one.milliseconds).sort((a, b) => a - b)

  const differences = [
    taken.length === expected ? null : `${taken.length} requests succeeded, ${expected} had to`,
    reserved === taken.length ? null : `${taken.length} requests succeeded, ${reserved} units are held`,
    finalStock === setting.stock - expected
      ? null
      : `${finalStock} units are left, not ${setting.stock - expected}`,
    lost === 0 ? null : `${lost} holds that were answered 201 do not exist`,
    ...wrongRefusals(tries),
  ].filter((difference) => difference !== null)

  return {
    productId,
    stock: setting.stock,
    successful: taken.length,
    failed: tries.length - taken.length,
    failures: countFailures(tries),
    finalStock,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    differences,
  }
}

/** A server that is gone by now has nothing to say; the counts will not agree, and tell. */
async function sendOrNothing(
  client: HttpClient,
  ...request: Parameters<HttpClient["send"]>
): Promise<HttpAnswer> {
  return client.send(...request).catch(() => ({ status: 0, body: null }))
}

/** Looks every acknowledged hold up again: it must be there, active, with its one unit (I5). */
async function missingHolds(
  client: HttpClient,
  setting: RaceSetting,
  taken: readonly Try[],
): Promise<number> {
  const [url = ""] = setting.urls
  const ids = taken.map(({ answer }) => numberIn(answer?.body, "hold_id"))
  if (new Set(ids).size !== ids.length) return ids.length - new Set(ids).size
  const tokens = taken.map(({ answer }) => textIn(answer?.body, "token"))
  let missing = 0
  for (let start = 0; start < ids.length; start += LOOKUPS_AT_ONCE) {
    const found = await Promise.all(
      ids
        .slice(start, start + LOOKUPS_AT_ONCE)
        .map((id, index) =>
          sendOrNothing(client, "GET", `${url}/api/holds/${id}`, { token: tokens[start + index] ?? null }),
        ),
    )
    missing += found.filter(({ status, body }) => status !== 200 || numberIn(body, "qty") !== 1).length
  }
  return missing
}

/** The only honest refusals of a race are "sold out" and "come back in a second". */
function wrongRefusals(tries: readonly Try[]): string[] {
  const fair = new Set(["out_of_stock", "overloaded", "unavailable"])
  return Object.entries(countFailures(tries))
    .filter(([reason]) => !fair.has(reason))
    .map(([reason, count]) => `${count} requests failed with ${reason}`)
}

function countFailures(tries: readonly Try[]): Record<string, number> {
  const failures: Record<string, number> = {}
  for (const { answer, breakage } of tries) {
    if (answer?.status === 201) continue
    const reason = breakage ?? (textIn(answer?.body, "code") || `status ${answer?.status}`)
    failures[reason] = (failures[reason] ?? 0) + 1
  }
  return failures
}

function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return Math.round(value * 10) / 10
}
