import { describe, expect, test } from "vitest"
import { rowsBy } from "../../src/domain/rows.ts"

interface Unit {
  readonly id: number
  readonly state: string
}

const table = () => rowsBy<number, Unit>(({ id }) => id)
const unit = (id: number, state = "new"): Unit => ({ id, state })

test("an empty table has no rows, no added and no changed ones", () => {
  const rows = table()
  expect([...rows.values()]).toEqual([])
  expect(rows.get(1)).toBeUndefined()
  expect(rows.added()).toEqual([])
  expect(rows.firstAdded()).toBeUndefined()
  expect(rows.changed()).toEqual([])
})

test("added rows are listed in order and in their last state, and not as changed", () => {
  const rows = table()
  rows.load(unit(9, "loaded"))
  rows.add(unit(2))
  rows.add(unit(1))
  rows.replace(unit(2, "replaced"))

  expect(rows.added()).toEqual([unit(2, "replaced"), unit(1)])
  expect(rows.firstAdded()).toEqual(unit(2, "replaced"))
  expect(rows.changed()).toEqual([])
  expect([...rows.values()]).toEqual([unit(9, "loaded"), unit(2, "replaced"), unit(1)])
})

test("the loaded row is kept over several changes", () => {
  const rows = table()
  rows.load(unit(1, "loaded"))
  rows.replace(unit(1, "once"))
  rows.replace(unit(1, "twice"))

  expect(rows.get(1)).toEqual(unit(1, "twice"))
  expect(rows.changed()).toEqual([unit(1, "twice")])
  expect(rows.before(unit(1))).toEqual(unit(1, "loaded"))
  expect(rows.added()).toEqual([])
  expect(rows.firstAdded()).toBeUndefined()
})

describe("misuse throws", () => {
  test("adding a key that exists", () => {
    const rows = table()
    rows.load(unit(1))
    expect(() => rows.add(unit(1))).toThrow("row 1 exists already")
  })

  test("replacing a row that does not exist", () => {
    const rows = table()
    expect(() => rows.replace(unit(1))).toThrow("row 1 does not exist")
    rows.load(unit(2))
    expect(() => rows.replace(unit(1))).toThrow("row 1 does not exist")
  })

  test("asking for the loaded state of an unchanged row", () => {
    const rows = table()
    rows.load(unit(1))
    expect(() => rows.before(unit(1))).toThrow("row 1 was not changed")
    rows.load(unit(2))
    rows.replace(unit(2, "changed"))
    expect(() => rows.before(unit(1))).toThrow("row 1 was not changed")
  })
})
