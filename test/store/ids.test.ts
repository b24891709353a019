import { expect, test } from "vitest"
import { createIds, type IdKind, type Ids } from "../../src/store/batch/ids.ts"
import { createTestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

const kinds: readonly IdKind[] = ["products", "holds", "orders", "stock_adjustments"]

async function take(ids: Ids, kind: IdKind, count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, async () => ids.next(kind)))
}

test.each(kinds)("two processes that take %s ids at once never get the same one", async (kind) => {
  await using own = await createTestDatabase()
  await using one = openScopedDatabase(own.url)
  await using other = openScopedDatabase(own.url)
  const [first, second] = [createIds(one), createIds(other)]

  const rounds: number[][] = []
  // Enough to make the blocks grow; several callers wait for the same refill.
  for (let round = 0; round < 10; round += 1) {
    rounds.push(...(await Promise.all([take(first, kind, 150), take(second, kind, 150)])))
  }

  const ids = rounds.flat()
  expect(ids).toHaveLength(3_000)
  expect(new Set(ids).size).toBe(3_000)
  expect(Math.min(...ids)).toBe(1)
})

test("claimed ids are skipped", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const ids = createIds(database)
  const claimed = [1, 2, 5, 16, 17, 40]
  for (const id of claimed) expect(await ids.claimOrderId(id, 100 + id)).toBe(true)

  const handedOut = await take(ids, "orders", 100)

  expect(handedOut.filter((id) => claimed.includes(id))).toEqual([])
  expect(new Set(handedOut).size).toBe(100)
})

test("an id inside a block that a process has taken cannot be claimed, used or not", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await using other = openScopedDatabase(own.url)
  const used = await createIds(database).next("orders")

  const claims = createIds(other)
  expect(await claims.claimOrderId(used, 100)).toBe(false)
  expect(await claims.claimOrderId(used + 1, 100)).toBe(false)
  expect(await claims.claimOrderId(1_000, 100)).toBe(true)
})

test("a claimed id belongs to its hold for ever", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const ids = createIds(database)
  expect(await ids.claimOrderId(7, 100)).toBe(true)
  expect(await ids.claimOrderId(7, 100)).toBe(true)
  expect(await ids.claimOrderId(7, 101)).toBe(false)
  await take(ids, "orders", 16)
  expect(await ids.claimOrderId(7, 100)).toBe(true)
})

test("of many concurrent claims of one id, one succeeds", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const ids = createIds(database)
  const claims = await Promise.all(Array.from({ length: 20 }, (_, hold) => ids.claimOrderId(7, hold + 1)))
  expect(claims.filter(Boolean)).toHaveLength(1)
})

test("20 claims racing 20 refills: an id is claimed or handed out, never both", async () => {
  await using own = await createTestDatabase()
  await using one = openScopedDatabase(own.url)
  await using other = openScopedDatabase(own.url)
  const claims = createIds(one)
  let granted = 0
  for (let round = 0; round < 5; round += 1) {
    // New processes: each begins with a block of 16 ids, near those that are claimed.
    const start = round * 20 * 16 + 1
    const racers = Array.from({ length: 20 }, () => createIds(other))
    const wanted = Array.from({ length: 20 }, (_, index) => start + index * 16 + (index % 16))
    const [answers, blocks] = await Promise.all([
      Promise.all(wanted.map((id) => claims.claimOrderId(id, id))),
      Promise.all(racers.map((racer) => take(racer, "orders", 12))),
    ])

    const claimed = wanted.filter((_, index) => answers[index])
    const handedOut = blocks.flat()
    expect(handedOut.filter((id) => claimed.includes(id))).toEqual([])
    expect(new Set(handedOut).size).toBe(handedOut.length)
    granted += claimed.length
  }
  expect(granted).toBeGreaterThan(0)
})

/** Sets `id_blocks` to the state of a promoted standby that lagged behind: older ids, another timeline. */
async function takeOverAt(url: string, nextId: number): Promise<void> {
  await runSql(
    url,
    "alter table id_blocks disable trigger id_blocks_remember_origin",
    `update id_blocks set next_id = ${nextId}, origin = 'the primary before'`,
    "alter table id_blocks enable trigger id_blocks_remember_origin",
  )
}

test.each<IdKind>([...kinds, "webhook_endpoints", "admin_actions"])(
  "a promoted standby without the last writes returns no id of %s twice",
  async (kind) => {
    await using own = await createTestDatabase()
    await using database = openScopedDatabase(own.url)
    const [running, another] = [createIds(database), createIds(database)]
    const before = await take(running, kind, 100)

    await takeOverAt(own.url, 1)
    const after = await Promise.all([take(running, kind, 200), take(another, kind, 200)])

    const all = [...before, ...after.flat()]
    expect(new Set(all).size).toBe(all.length)
    // The ids jump once for the new origin, not for every block.
    expect(Math.max(...all)).toBeLessThan(1_100_000)
  },
)

test("after a failover, an order id in a block that a running process may have cannot be claimed", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const running = createIds(database)
  const inHand = await running.next("orders")

  await takeOverAt(own.url, 1)

  expect(await createIds(database).claimOrderId(inHand + 1, 100)).toBe(false)
  expect(await running.next("orders")).toBe(inHand + 1)
})

test("a server of the previous version jumps too, because it gets the end of its block", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  await takeOverAt(own.url, 500)

  const takeBlock =
    "update id_blocks set next_id = next_id + 16 where kind = 'holds' returning next_id as end"
  const first = await database.views.query(takeBlock)
  const second = await database.views.query(takeBlock)

  expect([first.rows, second.rows]).toEqual([[{ end: 1_000_516 }], [{ end: 1_000_532 }]])
})

test("a role without privileges of its own gets the same origin", async () => {
  await using own = await createTestDatabase()
  await using database = openScopedDatabase(own.url)
  const { rows } = await database.views.query<{ mine: string }>("select id_origin() as mine")
  await using client = openScopedDatabase(own.url)
  const role = await client.views.query("set role pg_signal_backend; select id_origin() as theirs")

  expect(rows[0]?.mine).toMatch(/^\d+\/[0-9A-F]{8}\/\d+$/)
  expect((Array.isArray(role) ? role[1] : role).rows).toEqual([{ theirs: rows[0]?.mine }])
})
