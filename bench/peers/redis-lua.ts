import { Redis } from "ioredis"
import { HOLD_SECONDS, momentsFrom, servePeer } from "./peer.ts"

// Stock, id and expiry in one script; the requests of one turn of the event loop are sent in one packet.
// As durable as Redis is configured to be (`appendfsync always`: written before the response; `everysec`: up to
// a second of sales may be lost). It does not keep a queryable row for each hold, release expired
// holds, sign tokens, store idempotency keys, log, or count metrics.

/** Decrements the counter, takes an id and adds the hold's expiry to a sorted set; returns 0 if not enough is left. */
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
    // Every hold in the comparison has one unit.
    return { counter: Number(offered) - Number(left), rows: await redis.zcard(`ends:${productId}`) }
  },
  async hold(productId, qty) {
    const now = Date.now()
    const ends = now + HOLD_SECONDS * 1000
    const id = await scripted.hold(`stock:${productId}`, "holds", `ends:${productId}`, qty, ends)
    return id === 0 ? null : { id, ...momentsFrom(now) }
  },
})
