import { describe, expect, test } from "vitest"
import type { AccessCodeSet, CustomerKind, PhaseBody } from "../../client/src/index.ts"
import { isForEverybody, phaseRisks } from "../../web/admin/phase-risks.ts"
import { riskOf } from "../../web/admin/settings-risk.ts"
import { lamp } from "./product.ts"

const NOW = Date.parse("2026-11-27T12:00:00.000Z")
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const set = (name: string, codes: number, revoked_codes = 0): AccessCodeSet => ({
  set: name,
  codes,
  revoked_codes,
  used_codes: 0,
  units: codes,
  units_used: 0,
})
const press: PhaseBody = { until: at(5), needs: { codes: "press" } }
const members: PhaseBody = { from: at(5), until: at(10), needs: { group: "members" } }
const all: PhaseBody = { from: at(10) }

describe("phases in a dialog", () => {
  test.each<[string, PhaseBody[] | null, CustomerKind, readonly AccessCodeSet[] | null, RegExp[]]>([
    ["no phases", null, "any", [], []],
    ["codes that are there", [press, all], "any", [set("press", 2, 1)], []],
    ["a set without codes", [press, all], "any", [set("vip", 2)], [/codes of “press”: the set has no valid/]],
    ["a set whose codes are all revoked", [press], "any", [set("press", 2, 2)], [/no valid code/]],
    ["sets that could not be read", [press, all], "any", null, []],
    ["an empty set of a phase that is over", [{ ...press, until: at(0) }, all], "any", [], []],
    ["two phases of one empty set", [press, { ...press, from: at(1) }], "any", [], [/no valid code/]],
    ["phases that are all over", [{ ...press, until: at(-5) }, { until: at(0) }], "any", [], [/are over/]],
    ["a group of signed customers", [members, all], "signed", [], []],
    [
      "a group, and mailboxes",
      [members, all],
      "email",
      [],
      [/“members”: confirmed mailboxes are in no group/],
    ],
    ["a group, and everybody", [members, all], "any", [], [/members of “members” can buy again/]],
    ["a group alone", [members], "any", [], []],
  ])("the risks of phases: %s", (_, phases, customer, sets, expected) => {
    const found = phaseRisks({ phases, customer, maxPerCustomer: 2, sets }, NOW)

    expect(found).toEqual(expected.map((text) => expect.stringMatching(text)))
  })

  test("without a limit per customer there is none to pass", () => {
    expect(
      phaseRisks({ phases: [members, all], customer: "any", maxPerCustomer: null, sets: [] }, NOW),
    ).toEqual([])
    const limited = [members, { ...all, max_per_customer: 1 }]
    expect(
      phaseRisks({ phases: limited, customer: "any", maxPerCustomer: null, sets: [] }, NOW),
    ).toHaveLength(1)
  })

  test.each<[PhaseBody[] | null, boolean]>([
    [null, true],
    [[all], false],
    [[{ from: at(0) }], true],
    [[{ until: at(0) }], false],
    [[press, {}], true],
  ])("everybody may buy now in %j: %s", (phases, expected) => {
    expect(isForEverybody(phases, NOW)).toBe(expected)
  })
})

describe("saving while a product is on sale asks", () => {
  const sale = { ...lamp, server_time: at(0) }

  test("before a presale keeps buyers out who could buy", () => {
    const risk = riskOf(sale, { phases: [press, all] }, [set("press", 3)])
    expect(risk?.title).toBe("Change who may buy Lamp?")
    expect(risk?.consequences).toEqual([expect.stringContaining("No phase for everybody is on now")])
    expect(
      riskOf({ ...sale, sale_state: "scheduled" }, { phases: [press, all] }, [set("press", 3)]),
    ).toBeNull()
    expect(riskOf(sale, { phases: [{}] }, [])).toBeNull()
  })

  test("before a phase is left in which nobody can buy, also while the sale is scheduled", () => {
    const scheduled = { ...sale, sale_state: "scheduled" } as const
    expect(riskOf(scheduled, { phases: [press, all] }, [])?.consequences).toEqual([
      expect.stringContaining("no valid code yet"),
    ])
    // What was so before is not asked again.
    const before = { ...scheduled, phases: [{ from: null, max_per_customer: null, ...press, until: at(5) }] }
    expect(riskOf(before as typeof scheduled, { name: "Lamp No. 4" }, [])).toBeNull()
  })

  test("before only some customers can buy", () => {
    expect(riskOf(sale, { customer: "signed" })?.consequences).toEqual([
      expect.stringContaining("signed can hold"),
    ])
    expect(riskOf(sale, { customer: "email" })?.consequences).toEqual([
      expect.stringContaining("confirmed their e-mail address"),
    ])
    expect(riskOf(sale, { customer: "named" })).toBeNull()
    expect(riskOf({ ...sale, customer: "signed" }, { customer: "signed" })).toBeNull()
  })

  test("in one dialog with its other consequences", () => {
    const risk = riskOf(sale, { price_minor: 1, customer: "signed" })
    expect(risk?.title).toBe("Change the price of Lamp to €0.01?")
    expect(risk?.consequences).toHaveLength(2)
  })
})
