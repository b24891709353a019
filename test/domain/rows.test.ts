import { describe, expect, test } from "vitest"
import { rowsBy } from "../../src/domain/rows.ts"

interface Unit {
  readonly id: number
  readonly state: string
}

const table = () => rowsBy<number, Unit>(({ id }) => id)
const unit = (id: number, state = "new"): Unit => ({ id, state })

test("an empty table has nothing of any kind", () => {
  const rows = table()
  expect([...rows.values()]).toEqual([])
  expect(rows.get(1)).toBeUndefined()
  expect(rows.added()).toEqual([])
  expect(rows.firstAdded()).toBeUndefined()
  expect(rows.changed()).toEqual([])
})

test("what was added is told in order and in its last form, and is no change", () => {
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

test("a change keeps the row as it was loaded, however often it changes", () => {
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

describe("what cannot be is an error", () => {
  test("a key that is there already", () => {
    const rows = table()
    rows.load(unit(1))
    expect(() => rows.add(unit(1))).toThrow("row 1 exists already")
  })

  test("a change of a row that is not there", () => {
    const rows = table()
    expect(() => rows.replace(unit(1))).toThrow("row 1 does not exist")
    rows.load(unit(2))
    expect(() => rows.replace(unit(1))).toThrow("row 1 does not exist")
  })

  test("the former state of a row that was not changed", () => {
    const rows = table()
    rows.load(unit(1))
    expect(() => rows.before(unit(1))).toThrow("row 1 was not changed")
    rows.load(unit(2))
    rows.replace(unit(2, "changed"))
    expect(() => rows.before(unit(1))).toThrow("row 1 was not changed")
  })
})
