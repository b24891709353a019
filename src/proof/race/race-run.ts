import { createAdminClient, type AdminClient } from "../../../client/src/admin.ts"
import {
  AnswerError,
  createClient,
  NetworkError,
  ProblemError,
  type Client,
  type Hold,
  type NewHold,
  type HoldBody,
  type Product,
} from "../../../client/src/index.ts"
import { CommandFailure } from "../../base/command-errors.ts"
import { createHttpClient, type HttpClient } from "../../base/http-client.ts"
import { booksOf, wrongVariants, type VariantBooks } from "./variant-books.ts"
import { variantsOf, wishesFor, type Wish } from "./wishes.ts"

export interface RaceSetting {
  readonly stock: number
  /** Variants among which the stock is divided; 0: the product has none. */
  readonly variants: number
  readonly requests: number
  readonly urls: readonly string[]
  readonly adminToken: string | null
  readonly onProgress: (answered: number, of: number) => void
}

/** The result of a race. `differences` lists everything that is wrong; an empty list means that the race passed. */
export interface RaceReport {
  readonly productId: number
  readonly stock: number
  readonly successful: number
  readonly failed: number
  /** Failed requests by refusal code or connection error. */
  readonly failures: Readonly<Record<string, number>>
  readonly finalStock: number
  /** Units that were taken; without variants, one for each successful request. */
  readonly taken: number
  /** By variant; empty for a product without variants. */
  readonly variants: readonly VariantBooks[]
  readonly p50Ms: number
  readonly p99Ms: number
  readonly differences: readonly string[]
}

/** Enough that requests wait in the server and not for a connection. */
const CONNECTIONS = 256
/** How many of the acknowledged holds are looked up at a time. */
const LOOKUPS_AT_ONCE = 32
/** A request without an answer counts as failed. A retry would be a further request. */
const WITHOUT_RETRIES = { tries: 1 }
/** Long, because the last request may wait for all the others. */
const ANSWER_WITHIN_MS = 30_000

/** Runs the race against running servers, using only their HTTP API. */
export async function runRace(setting: RaceSetting): Promise<RaceReport> {
  const http = createHttpClient(CONNECTIONS)
  try {
    const course = courseOf(setting, http)
    const { id: productId, variants = [] } = await createProduct(course, setting)
    const wishes = wishesFor(
      variants.map(({ id }) => id),
      setting.requests,
    )
    const tries = await buyAll(course, setting, { productId, wishes })
    return await judge(course, setting, { productId, tries })
  } finally {
    http.close()
  }
}

/** The clients of a race: the shop's at the first server, a buyer's at each server. */
interface Course {
  readonly url: string
  readonly shop: AdminClient
  readonly buyers: readonly [Client, ...Client[]]
}

function courseOf({ urls: [url = "", ...others], adminToken }: RaceSetting, { fetch }: HttpClient): Course {
  const common = { fetch, retry: WITHOUT_RETRIES, timeoutMs: ANSWER_WITHIN_MS }
  const buyerAt = (baseUrl: string) => createClient({ ...common, baseUrl, token: adminToken })
  return {
    url,
    shop: createAdminClient({ ...common, baseUrl: url, adminToken }),
    buyers: [buyerAt(url), ...others.map(buyerAt)],
  }
}

/** The result of one request: a hold, or the reason why there is none. */
interface Try {
  readonly wish: Wish
  readonly hold: NewHold | null
  readonly refusal: string | null
  /** The variants that the refusal says lack units; null: it names none. */
  readonly lacking: readonly number[] | null
  readonly milliseconds: number
}

async function createProduct({ url, shop }: Course, setting: RaceSetting): Promise<Product> {
  const { stock, variants } = setting
  const units = variants === 0 ? { stock } : { variants: variantsOf(setting) }
  try {
    // Unlisted, because the server may be a shop's.
    const race = { name: "Race", price_minor: 9999, currency: "USD", status: "unlisted" } as const
    return await shop.products.create({ ...race, ...units })
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401)
      throw new CommandFailure(`${url} requires its admin token: set ADMIN_TOKEN`, { cause: error })
    const said = error instanceof ProblemError || error instanceof AnswerError
    throw new CommandFailure(
      said
        ? `${url} refused to create a product for the race: ${error.message}`
        : `${url} cannot be reached: ${breakage(error)}`,
      { cause: error },
    )
  }
}

async function buyAll(
  { buyers }: Course,
  setting: RaceSetting,
  { productId, wishes }: { readonly productId: number; readonly wishes: readonly Wish[] },
): Promise<Try[]> {
  let answered = 0
  const buys = wishes.map(async (wish, index) => {
    const result = await buyOne(buyers[index % buyers.length] ?? buyers[0], productId, wish)
    answered += 1
    setting.onProgress(answered, setting.requests)
    return result
  })
  return Promise.all(buys)
}

async function buyOne(buyer: Client, productId: number, wish: Wish): Promise<Try> {
  const startedAt = performance.now()
  const milliseconds = () => performance.now() - startedAt
  try {
    // Without an idempotency key, because only then the gate may refuse the request from memory.
    const hold = await buyer.holds.create(
      { product_id: productId, ...unitsIn(wish) },
      { idempotencyKey: null },
    )
    return { wish, hold, refusal: null, lacking: null, milliseconds: milliseconds() }
  } catch (error) {
    const refused = { refusal: refusalIn(error), lacking: lackingIn(error, wish) }
    return { wish, hold: null, ...refused, milliseconds: milliseconds() }
  }
}

/** The units as a request names them: a single variant by `variant_id`. */
function unitsIn(wish: Wish): Omit<HoldBody, "product_id"> {
  if (wish === null) return { qty: 1 }
  const [only, ...others] = wish
  return only !== undefined && others.length === 0 ? only : { lines: wish }
}

/** The variants that "out of stock" names. A refusal of variants that names none is as wrong as one that names others. */
function lackingIn(error: unknown, wish: Wish): number[] | null {
  if (wish === null || !(error instanceof ProblemError) || error.problem.code !== "out_of_stock") return null
  return (error.problem.lines ?? []).map(({ variant_id }) => variant_id)
}

function refusalIn(error: unknown): string {
  if (error instanceof ProblemError) return error.code
  return error instanceof AnswerError ? `status ${error.status}` : breakage(error)
}

/** The system's code of a connection error. */
function breakage(error: unknown): string {
  const cause = error instanceof NetworkError ? error.cause : error
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
}

async function judge(
  course: Course,
  setting: RaceSetting,
  { productId, tries }: { readonly productId: number; readonly tries: readonly Try[] },
): Promise<RaceReport> {
  const holds = tries.flatMap(({ hold }) => hold ?? [])
  // Read from the database and not from memory: another server may have given out the last unit a moment ago.
  const product = await orNothing(course.shop.products.get(productId))
  // Pauses the sale, so that the units are not on sale again when the holds have expired.
  await orNothing(course.shop.products.pause(productId))
  const lost = await missingHolds(course, holds)
  const wrong =
    setting.variants === 0
      ? wrongCounts(setting, holds.length, product)
      : wrongVariants(setting.stock, product, tries)
  const times = tries.map((one) => one.milliseconds).sort((a, b) => a - b)

  return {
    productId,
    stock: setting.stock,
    successful: holds.length,
    failed: tries.length - holds.length,
    failures: countFailures(tries),
    finalStock: product?.available_stock ?? Number.NaN,
    taken: holds.reduce((sum, { qty }) => sum + qty, 0),
    variants: booksOf(product, tries),
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    differences: [...wrong, ...wrongHolds(lost), ...wrongRefusals(tries)],
  }
}

/** Null if the server does not answer any more. The missing answer then appears as a difference. */
async function orNothing<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  return answer.catch(() => null)
}

function wrongCounts({ stock, requests }: RaceSetting, taken: number, product: Product | null): string[] {
  const expected = Math.min(stock, requests)
  const { available_stock: left = Number.NaN, reserved_stock: reserved = Number.NaN } = product ?? {}
  return [
    taken === expected ? null : `${taken} requests succeeded; it should be ${expected}`,
    reserved === taken ? null : `${taken} requests succeeded, but ${reserved} units are held`,
    left === stock - expected ? null : `${left} units are available; it should be ${stock - expected}`,
  ].filter((difference) => difference !== null)
}

function wrongHolds(lost: number): string[] {
  return lost === 0 ? [] : [`${lost} holds that were answered 201 do not exist`]
}

/** Looks up every acknowledged hold, and counts those that do not exist or have other units than were answered (I5). */
async function missingHolds({ buyers: [buyer] }: Course, holds: readonly NewHold[]): Promise<number> {
  const ids = new Set(holds.map(({ hold_id }) => hold_id))
  if (ids.size !== holds.length) return holds.length - ids.size
  let missing = 0
  for (let start = 0; start < holds.length; start += LOOKUPS_AT_ONCE) {
    const found = await Promise.all(
      holds
        .slice(start, start + LOOKUPS_AT_ONCE)
        .map(async (hold) => isThere(hold, await orNothing(buyer.holds.get(hold.hold_id, hold)))),
    )
    missing += found.filter((isFound) => !isFound).length
  }
  return missing
}

function isThere(answered: NewHold, hold: Hold | null): boolean {
  return hold?.qty === answered.qty && JSON.stringify(hold.lines) === JSON.stringify(answered.lines)
}

/** A race expects two kinds of refusal: the units are taken, or the server cannot answer at the moment. */
function wrongRefusals(tries: readonly Try[]): string[] {
  const fair = new Set(["out_of_stock", "overloaded", "unavailable"])
  return Object.entries(countFailures(tries))
    .filter(([reason]) => !fair.has(reason))
    .map(([reason, count]) => `${count} requests failed with ${reason}`)
}

function countFailures(tries: readonly Try[]): Record<string, number> {
  const failures: Record<string, number> = {}
  for (const { refusal } of tries) {
    if (refusal !== null) failures[refusal] = (failures[refusal] ?? 0) + 1
  }
  return failures
}

function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return Math.round(value * 10) / 10
}
