import fc from "fast-check"
import { expect, test } from "vitest"
import { parseCsv } from "../../web/admin/csv.ts"

const cellsOf = (text: string) => parseCsv(text).map(({ cells }) => cells)

test.each([
  ["", []],
  ["\uFEFF", []],
  [
    "a,b\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a,b\r\n1,2\r\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a,b\r1,2\r",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  // A byte order mark, as Excel writes it.
  [
    "\uFEFFname,stock\r\n41,2\r\n",
    [
      ["name", "stock"],
      ["41", "2"],
    ],
  ],
  // Semicolons, as Excel writes them where the comma is the decimal separator.
  [
    "name;price\r\n41;129,00\r\n",
    [
      ["name", "price"],
      ["41", "129,00"],
    ],
  ],
  [
    "name\tprice\n41\t129,00",
    [
      ["name", "price"],
      ["41", "129,00"],
    ],
  ],
  // The separator is counted outside of quotes.
  [
    '"a;b;c",d\n1,2',
    [
      ["a;b;c", "d"],
      ["1", "2"],
    ],
  ],
  ['"say ""x""","a,b","a\r\nb",""', [['say "x"', "a,b", "a\r\nb", ""]]],
  [',\n"",\n\n  \nx,', [["x", ""]]],
  [
    "a,b,\n,,c",
    [
      ["a", "b", ""],
      ["", "", "c"],
    ],
  ],
  // A quote inside of a cell that does not begin with one.
  [
    'name,width\n42,5" wide',
    [
      ["name", "width"],
      ["42", '5" wide'],
    ],
  ],
])("%j", (text, cells) => {
  expect(cellsOf(text)).toEqual(cells)
})

test("each row knows its line, also after line breaks in quotes and empty lines", () => {
  expect(parseCsv('a\n\n"1\n2"\r\n3').map(({ line }) => line)).toEqual([1, 3, 5])
})

test.each([
  ['a,b\n1,"2\n3,4', 2, /not closed/],
  ['a,b\n"1" x,2', 2, /Text follows a closing quote/],
])("%j: line %i %s", (text, line, fault) => {
  expect(parseCsv(text).find((row) => row.fault !== null)).toMatchObject({
    line,
    fault: expect.stringMatching(fault),
  })
})

test("whatever cells a writer quotes, the reader returns", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\t", "\r", "\n", " ", "é") })
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(rows, fc.constantFrom(",", ";", "\t"), (written, separator) => {
      // The first line says what the separator is.
      const all = [["x", "y", "z", "x", "y"], ...written]
      const text = all
        .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(separator))
        .join("\r\n")
      expect(cellsOf(text)).toEqual(all.filter((row) => row.some((one) => one.trim() !== "")))
    }),
  )
})
