import { Redis } from "ioredis"
import { HOLD_SECONDS, momentsFrom, servePeer } from "./peer.ts"

// Stock, id and expiry in one script, the requests of one turn in one packet.
// Durable as Redis is told to be (`appendfsync always`: written before the answer; `everysec`: up to
// a second of sales may be lost). Does not: keep a queryable row for each hold, take expired holds
// back, sign tokens, keep idempotency keys, log, measure.

/** Counter, id, the end of the hold in a sorted set; 0 when not enough is left. */
const script = `
  local left = redis.call("decrby", KEYS[1], ARGV[1])
  if left < 0 then
    redis.call("incrby", KEYS[1], ARGV[1])
    return 0
  end
  local id = redis.call("incr", KEYS[2])
  redis.call("zadd", KEYS[3], ARGV[2], id .. ":" .. ARGV[1])
  return id`

interface Scripted {
  hold(stock: string, ids: string, ends: string, qty: number, endsAt: number): Promise<number>
}

const redis = new Redis(process.env["REDIS_URL"] ?? "", { enableAutoPipelining: true })
redis.defineCommand("hold", { numberOfKeys: 3, lua: script })
const scripted = redis as unknown as Scripted

await servePeer({
  async createProduct(stock) {
    const id = await redis.incr("products")
    await redis.mset({ [`stock:${id}`]: stock, [`offered:${id}`]: stock })
    return id
  },
  async counts(productId) {
    const [offered, left] = await redis.mget(`offered:${productId}`, `stock:${productId}`)
    // Every hold of a comparison is of one unit.
    return { counter: Number(offered) - Number(left), rows: await redis.zcard(`ends:${productId}`) }
  },
  async hold(productId, qty) {
    const now = Date.now()
    const ends = now + HOLD_SECONDS * 1000
    const id = await scripted.hold(`stock:${productId}`, "holds", `ends:${productId}`, qty, ends)
    return id === 0 ? null : { id, ...momentsFrom(now) }
  },
})
