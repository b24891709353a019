import { expect, test } from "vitest"
import { optionsText, placementsAfter, readOptions } from "../../web/admin/variant-values.ts"

test.each([
  ["", { kind: "empty" }],
  [" ; ", { kind: "empty" }],
  ["size=42", { kind: "value", value: { size: "42" } }],
  [" size = 42 ; colour = dark red ;", { kind: "value", value: { size: "42", colour: "dark red" } }],
  ["ratio=a=b", { kind: "value", value: { ratio: "a=b" } }],
  ["size", { kind: "unreadable", fault: "Write options as size=42; colour=red." }],
  ["=42", { kind: "unreadable", fault: "Write options as size=42; colour=red." }],
  ["size=", { kind: "unreadable", fault: "Write options as size=42; colour=red." }],
  [
    "Farbe=Rot, Größe=41",
    { kind: "unreadable", fault: "Separate options by semicolons, as size=42; colour=red." },
  ],
  ["a=1,b=2", { kind: "unreadable", fault: "Separate options by semicolons, as size=42; colour=red." }],
  ["colour=red, blue; width=1,5", { kind: "value", value: { colour: "red, blue", width: "1,5" } }],
  ["a=1;a=2", { kind: "unreadable", fault: "The option “a” is there twice." }],
  ["abcdefghijk".split("").join("=1;") + "=1", { kind: "unreadable", fault: "Use 10 options at most." }],
])("options %j", (text, reading) => {
  expect(readOptions(text)).toEqual(reading)
})

test("written options are read as they were", () => {
  const options = { size: "42", colour: "dark red" }
  expect(readOptions(optionsText(options))).toEqual({ kind: "value", value: options })
})

const at = (...positions: number[]) => positions.map((position, index) => ({ id: index + 1, position }))

test.each([
  // positions of 1, 2, 3…    moves after     changes
  [at(0, 1, 2, 3), 1, 4, [{ id: 1, position: 4 }]],
  [
    at(0, 1, 2, 3),
    4,
    null,
    [
      { id: 4, position: 0 },
      { id: 1, position: 1 },
      { id: 2, position: 2 },
      { id: 3, position: 3 },
    ],
  ],
  [
    at(0, 1, 2, 3),
    2,
    3,
    [
      { id: 2, position: 3 },
      { id: 4, position: 4 },
    ],
  ],
  [at(0, 10, 20, 30), 4, 1, [{ id: 4, position: 1 }]],
  [
    at(5, 5, 5),
    3,
    1,
    [
      { id: 3, position: 6 },
      { id: 2, position: 7 },
    ],
  ],
  [at(3, 4, 5), 3, null, [{ id: 3, position: 0 }]],
  [at(0, 1, 2), 2, 1, []],
  [at(0, 1, 2), 1, null, []],
])("positions %j: variant %i after %s", (variants, id, afterId, changes) => {
  expect(placementsAfter(variants, id, afterId)).toEqual(changes)
})
