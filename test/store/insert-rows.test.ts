import type pg from "pg"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { isoTime, later, type Instant } from "../../src/domain/time.ts"
import { insertInto } from "../../src/store/batch/insert-rows.ts"
import { begin } from "../../src/store/tx.ts"
import { createTestDatabase, type TestDatabase } from "../support/database.ts"
import { NOON } from "../support/builders.ts"
import { openScopedDatabase } from "../support/rows.ts"

interface Thing {
  readonly id: number
  readonly qty: number | null
  readonly name: string | null
  readonly late: boolean
  readonly at: Instant | null
}

const columns = {
  id: ["bigint", (thing: Thing) => thing.id],
  qty: ["integer", (thing: Thing) => thing.qty],
  name: ["text", (thing: Thing) => thing.name],
  late: ["boolean", (thing: Thing) => thing.late],
  at: ["timestamptz", (thing: Thing) => thing.at],
} as const

let own: TestDatabase
let database: ReturnType<typeof openScopedDatabase>
let client: pg.PoolClient

beforeAll(async () => {
  own = await createTestDatabase()
  database = openScopedDatabase(own.url)
  client = await database.batches.connect()
  await client.query(
    "create table things (id bigint primary key, qty integer, name text, late boolean not null, at timestamptz)",
  )
})

beforeEach(async () => {
  await client.query("truncate things")
})

afterAll(async () => {
  client.release(true)
  await database[Symbol.asyncDispose]()
  await own[Symbol.asyncDispose]()
})

async function insert(things: readonly Thing[]): Promise<unknown[]> {
  const { tx } = begin(client)
  try {
    await insertInto<Thing>("things", columns)(tx, things)
    return (await tx.query<Thing>("select id, qty, name, late, at from things order by id")).rows
  } finally {
    await tx.query("rollback")
  }
}

const one: Thing = { id: 1, qty: 2, name: 'it\'s {"one", null}\\', late: true, at: NOON }

test.each<[string, readonly Thing[]]>([
  ["a single row", [one]],
  ["a single row with nulls", [{ id: 1, qty: null, name: null, late: false, at: null }]],
  ["rows that differ only in their ids", [one, { ...one, id: 2 }, { ...one, id: 3 }]],
  ["rows that differ in everything", [one, { id: 2, qty: 3, name: "two", late: false, at: later(NOON, 1) }]],
  [
    "rows of which only the last one differs",
    [one, { ...one, id: 2 }, { ...one, id: 3, qty: 7, name: "three" }],
  ],
  ["some rows with nulls", [one, { id: 2, qty: null, name: null, late: true, at: null }]],
  [
    "the text null beside a null",
    [
      { ...one, name: "null" },
      { ...one, id: 2, name: null },
    ],
  ],
  ["nulls in all rows", [1, 2].map((id) => ({ id, qty: null, name: null, late: false, at: null }))],
])("rows are read as they were written: %s", async (_, things) => {
  expect(await insert(things)).toEqual(things)
})

test("a value that is the same in all rows is sent once", async () => {
  const sent: unknown[] = []
  const connection = { query: async ({ values }: { values: unknown[] }) => void sent.push(values) }
  await insertInto<Thing>("things", columns)(connection as never, [one, { ...one, id: 2 }])
  expect(sent).toEqual([["{1,2}", 2, one.name, true, isoTime(NOON)]])
})

test("equal rows are refused by their key, not merged", async () => {
  await expect(insert([one, one])).rejects.toMatchObject({ code: "23505" })
})

test("the number of statements for a table stays small, whichever columns have equal values", async () => {
  const names: string[] = []
  const flags = Object.fromEntries(
    Array.from(
      { length: 10 },
      (_, bit) => [`c${bit}`, ["integer", (row: number) => (row >> bit) & 1]] as const,
    ),
  )
  const add = insertInto<number>("flags", flags)
  const connection = { query: async ({ name }: { name: string }) => void names.push(name) }
  for (let mask = 1; mask < 1_024; mask += 1) await add(connection as never, [0, mask])
  expect(new Set(names).size).toBe(33)
  // The first statement is used again when the same columns are inserted again.
  await add(connection as never, [0, 1])
  expect(names.at(-1)).toBe(names[0])
  expect(names[0]).toBe("insert-flags-0111111111")
})
