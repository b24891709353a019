import { expect, test } from "vitest"
import { codesIn, csvOfCodes } from "../../web/admin/code-texts.ts"
import {
  changedPhases,
  phaseIn,
  phaseText,
  phaseTexts,
  readSetName,
  readUntil,
} from "../../web/admin/phase-values.ts"

const phase = {
  from: "2026-12-01T10:00:00.250Z",
  until: null,
  needs: { codes: "press" },
  max_per_customer: 2,
}
const plain = { from: "", until: "", who: "all", name: "", limit: "" }

test("a form sends phases only when they differ from what it has shown", () => {
  expect(changedPhases([phaseTexts(phase)], [phase])).toEqual({})
  expect(changedPhases([], undefined)).toEqual({})
  expect(changedPhases([], [phase])).toEqual({ phases: null })
  expect(changedPhases([plain], undefined)).toEqual({
    phases: [{ from: null, until: null, needs: null, max_per_customer: null }],
  })
  expect(changedPhases([{ ...phaseTexts(phase), limit: "" }], [phase])).toMatchObject({
    phases: [{ needs: { codes: "press" }, max_per_customer: null }],
  })
})

test("a phase is read from its fields", () => {
  expect(phaseIn({ ...plain, who: "group", name: " members ", limit: "3" })).toEqual({
    from: null,
    until: null,
    needs: { group: "members" },
    max_per_customer: 3,
  })
  const times = { from: "2026-12-01T10:00:00", until: "2026-12-01T10:00:00" }
  expect(readUntil(times)).toEqual({ kind: "unreadable", fault: "The phase ends before it begins." })
  expect(() => phaseIn({ ...plain, ...times })).toThrow("Nothing was saved")
  expect(["a,b", "x".repeat(65)].map((name) => readSetName(name).kind)).toEqual(["unreadable", "unreadable"])
})

test("a phase in words", () => {
  expect(phaseText(phase, (at) => at)).toBe(
    "access code of “press”, from 2026-12-01T10:00:00.250Z, 2 per customer",
  )
  expect(
    phaseText({ ...phase, from: null, needs: { group: "members" }, max_per_customer: null }, String),
  ).toBe("group “members”")
})

test.each([
  ["A-1\nB-2\n", ["A-1", "B-2"]],
  ["code\r\nA-1\r\n\r\nA-1\r\n", ["A-1"]],
  ['Code;name\n"A-1";Ann\nB-2;Ben', ["A-1", "B-2"]],
  ["  \n", []],
])("the codes in %j", (text, codes) => {
  expect(codesIn(text)).toEqual(codes)
})

test("codes that were made come back from their file", () => {
  expect(codesIn(csvOfCodes(["7K2M-9QXB-4TNE", "AAAA"]))).toEqual(["7K2M-9QXB-4TNE", "AAAA"])
})
