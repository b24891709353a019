import { describe, expect, test } from "vitest"
import { openingFor, type AccessCode, type Phase, type PhaseNeed } from "../../src/domain/access.ts"
import type { PlaceHold } from "../../src/domain/commands.ts"
import { placeHold } from "../../src/domain/place-hold.ts"
import { recordPaymentEvent } from "../../src/domain/record-payment-event.ts"
import { releaseHold } from "../../src/domain/release-hold.ts"
import type { Instant } from "../../src/domain/time.ts"
import {
  NOON,
  afterNoon,
  askFor,
  codeOf,
  eventWith,
  holdWith,
  orderWith,
  productWith,
  stateWith,
  successOf,
  type Given,
} from "../support/builders.ts"

const MILLISECOND = 0.001
const CODE = "k:press"
const press: AccessCode = { claimant: CODE, set: "press", units: 2, revokedAt: null }
const codes: PhaseNeed = { kind: "codes", set: "press" }
const members: PhaseNeed = { kind: "group", group: "members" }

const phase = (needs: PhaseNeed | null, given: Partial<Phase> = {}): Phase => ({
  from: null,
  until: null,
  needs,
  maxPerCustomer: null,
  ...given,
})

/** Codes from 12:00, members from 12:05, everybody from 12:10. */
const drop: readonly Phase[] = [
  phase(codes, { from: NOON, until: afterNoon(600), maxPerCustomer: 1 }),
  phase(members, { from: afterNoon(300), until: afterNoon(600) }),
  phase(null, { from: afterNoon(600) }),
]

function ask(
  phases: readonly Phase[],
  given: Partial<PlaceHold> = {},
  { now = NOON, ...more }: Given & { readonly now?: Instant } = {},
) {
  const state = stateWith({ accessCodes: [press], ...more, product: { phases, ...more.product } })
  return { state, outcome: placeHold(state, askFor(1, given), now) }
}

describe("a sale of codes at 12:00, members at 12:05 and everybody at 12:10", () => {
  const nobody = {}
  const member = { groups: ["members"] }
  const reader = { accessCode: CODE, customerId: "ann" }
  test.each<[string, Partial<PlaceHold>, Instant, string | null]>([
    ["a code before", reader, afterNoon(-MILLISECOND), "access_required"],
    ["a code at once", reader, NOON, null],
    ["a stranger", nobody, NOON, "access_required"],
    ["a member too early", member, afterNoon(300 - MILLISECOND), "access_required"],
    ["a member", member, afterNoon(300), null],
    ["another group", { groups: ["friends"] }, afterNoon(300), "access_required"],
    ["a code beside members", reader, afterNoon(600 - MILLISECOND), null],
    ["a stranger to the last moment", nobody, afterNoon(600 - MILLISECOND), "access_required"],
    ["a stranger", nobody, afterNoon(600), null],
    ["a code that is not known", { accessCode: "k:guess" }, NOON, "access_code_unknown"],
    ["a code that is not known, where none is needed", { accessCode: "k:guess" }, afterNoon(600), null],
    ["the shop", { isShop: true }, NOON, null],
    ["the shop with a wrong code", { isShop: true, accessCode: "k:guess" }, NOON, "access_code_unknown"],
  ])("%s", (_, shown, now, refusal) => {
    expect(codeOf(ask(drop, shown, { now }).outcome)).toBe(refusal)
  })

  test("a refusal says what is needed now, and what comes next for this buyer", () => {
    const opensToAll = { from: afterNoon(600), needs: null }
    const opensToMembers = { from: afterNoon(300), needs: "group" }
    expect(ask(drop).outcome).toEqual({
      code: "access_required",
      needs: ["codes"],
      nextPhase: opensToAll,
    })
    expect(ask(drop, { groups: ["members"] }).outcome).toMatchObject({ nextPhase: opensToMembers })
    expect(ask(drop, {}, { now: afterNoon(-1) }).outcome).toMatchObject({
      needs: [],
      nextPhase: opensToAll,
    })
    expect(ask(drop, { accessCode: CODE }, { now: afterNoon(-1) }).outcome).toMatchObject({
      needs: [],
      nextPhase: { from: NOON, needs: "codes" },
    })
    expect(ask(drop, {}, { now: afterNoon(400) }).outcome).toMatchObject({ needs: ["codes", "group"] })
    expect(ask([phase(codes)]).outcome).toMatchObject({ needs: ["codes"], nextPhase: null })
  })

  test("outside of all phases nobody may buy", () => {
    const past = [phase(null, { until: NOON })]
    expect(ask(past).outcome).toEqual({ code: "access_required", needs: [], nextPhase: null })
  })

  test("a paused sale and one that has not begun are refused for that, whatever the phases say", () => {
    expect(codeOf(ask(drop, {}, { product: { paused: true } }).outcome)).toBe("sale_paused")
    expect(codeOf(ask(drop, {}, { product: { opensAt: afterNoon(1) } }).outcome)).toBe("sale_not_open")
  })
})

describe("a code", () => {
  test("counts its units, which the hold and its release name", () => {
    const { state, outcome } = ask([phase(codes)], { accessCode: CODE })
    expect(successOf(outcome)).toMatchObject({ claimants: [CODE], customerId: null })
    expect(state.claims.added()).toEqual([{ claimant: CODE, units: 1, unitLimit: 2 }])

    releaseHold(state, { kind: "release_hold", productId: 1, holdId: 100 }, NOON)
    expect(state.claims.get(CODE)?.units).toBe(0)
  })

  test("and a customer both need room, and both are counted", () => {
    const given = { accessCode: CODE, customerId: "ann" }
    const limited = [phase(codes, { maxPerCustomer: 1 })]
    const { state, outcome } = ask(limited, given)
    expect(codeOf(outcome)).toBe(null)
    expect(state.claims.added()).toEqual([
      { claimant: "c:ann", units: 1, unitLimit: 1 },
      { claimant: CODE, units: 1, unitLimit: 2 },
    ])
    const full = { claimant: "c:ann", units: 1, unitLimit: 1 }
    expect(codeOf(ask(limited, given, { claims: [full] }).outcome)).toBe("customer_limit_reached")
    const spent = { claimant: CODE, units: 2, unitLimit: 2 }
    const refused = ask(limited, given, { claims: [spent] })
    expect(refused.outcome).toEqual({ code: "access_code_used_up", unitsLeft: 0, nextPhase: null })
    expect(refused.state.claims.changed()).toEqual([])
  })

  test("has fewer units left than are asked for: it says how many, and when a phase begins", () => {
    const spent = [{ claimant: CODE, units: 1, unitLimit: 2 }]
    const state = stateWith({ accessCodes: [press], claims: spent, product: { phases: drop } })
    expect(placeHold(state, askFor(2, { accessCode: CODE, customerId: "ann" }), NOON)).toMatchObject({
      code: "customer_limit_reached",
    })
    const phases = [phase(codes, { until: afterNoon(600) }), phase(null, { from: afterNoon(600) })]
    expect(ask(phases, { accessCode: CODE, qty: 2 }, { claims: spent }).outcome).toEqual({
      code: "access_code_used_up",
      unitsLeft: 1,
      nextPhase: { from: afterNoon(600), needs: null },
    })
  })

  test("is not spent where everybody may buy, nor by a member", () => {
    for (const needs of [null, members]) {
      const given = { accessCode: CODE, groups: ["members"] }
      const { state, outcome } = ask([phase(codes), phase(needs)], given)
      expect(successOf(outcome).claimants).toBe(null)
      expect(state.claims.added()).toEqual([])
    }
  })

  test("of another set, or revoked, lets nobody in", () => {
    const others: PhaseNeed = { kind: "codes", set: "friends" }
    expect(codeOf(ask([phase(others)], { accessCode: CODE }).outcome)).toBe("access_required")
    const accessCodes = [{ ...press, revokedAt: NOON }]
    expect(codeOf(ask([phase(codes)], { accessCode: CODE }, { accessCodes }).outcome)).toBe(
      "access_code_unknown",
    )
  })

  test("has room again when what is held with it is over", () => {
    const holds = [holdWith({ id: 5, qty: 2, claimants: [CODE], expiresAt: NOON })]
    const claims = [{ claimant: CODE, units: 2, unitLimit: 2 }]
    expect(codeOf(ask([phase(codes)], { accessCode: CODE }, { holds, claims }).outcome)).toBe(null)
  })
})

describe("the limit for a customer", () => {
  test("is the phase's, else the product's, and of phases that ask for as much the largest", () => {
    const limitIn = (phases: readonly Phase[]) => {
      const { state, outcome } = ask(phases, { customerId: "ann" }, { product: { maxPerCustomer: 5 } })
      expect(codeOf(outcome)).toBe(null)
      return state.claims.get("c:ann")?.unitLimit
    }
    expect(limitIn([phase(null)])).toBe(5)
    expect(limitIn([phase(null, { maxPerCustomer: 2 })])).toBe(2)
    expect(limitIn([phase(null, { maxPerCustomer: 2 }), phase(null, { maxPerCustomer: 3 })])).toBe(3)
  })

  test("a phase with a limit needs a name", () => {
    expect(codeOf(ask([phase(null, { maxPerCustomer: 1 })]).outcome)).toBe("customer_required")
  })
})

describe("a payment after the end of an order with a code", () => {
  const success = {
    kind: "record_payment_event",
    productId: 1,
    event: eventWith({ key: "late" }),
    newOrderId: 99,
  } as const
  const late = (units: number) =>
    stateWith({
      product: { phases: [phase(codes)] },
      orders: [orderWith({ status: "expired", updatedAt: NOON, expiresAt: NOON, claimants: [CODE] })],
      claims: [{ claimant: CODE, units, unitLimit: 2 }],
    })

  test("takes the code's units again", () => {
    const state = late(0)
    expect(successOf(recordPaymentEvent(state, success, NOON)).event).toMatchObject({ outcome: "paid" })
    expect(state.claims.get(CODE)).toEqual({ claimant: CODE, units: 2, unitLimit: 2 })
  })

  test("of a customer is bound by the limit of the phase in which it last got units", () => {
    const early = phase(codes, { until: NOON, maxPerCustomer: 1 })
    const state = stateWith({
      product: { phases: [early, phase(members, { from: NOON })] },
      orders: [orderWith({ status: "expired", updatedAt: NOON, expiresAt: NOON, customerId: "ann" })],
      claims: [{ claimant: "c:ann", units: 1, unitLimit: 1 }],
    })
    recordPaymentEvent(state, success, NOON)
    expect(state.refunds.added()).toMatchObject([{ reason: "customer_limit_reached" }])
  })

  test("goes back when others have spent them", () => {
    const state = late(1)
    recordPaymentEvent(state, success, NOON)
    expect(state.refunds.added()).toMatchObject([{ reason: "access_code_used_up" }])
    expect(state.claims.changed()).toEqual([])
  })
})

describe("when a buyer may buy", () => {
  const shown = (given: { readonly code?: AccessCode; readonly groups?: string[] } = {}) => ({
    code: given.code,
    groups: given.groups ?? [],
  })
  const product = productWith({ phases: drop, opensAt: null, closesAt: null })
  test.each([
    ["a code, before", product, shown({ code: press }), -60, { isOpen: false, opensAt: NOON }],
    ["a code, now", product, shown({ code: press }), 0, { isOpen: true, opensAt: null }],
    [
      "a member, before",
      product,
      shown({ groups: ["members"] }),
      0,
      { isOpen: false, opensAt: afterNoon(300) },
    ],
    ["a stranger, before", product, shown(), 300, { isOpen: false, opensAt: afterNoon(600) }],
    ["a stranger, now", product, shown(), 600, { isOpen: true, opensAt: null }],
    [
      "the sale begins later than the phase",
      { ...product, opensAt: afterNoon(30) },
      shown({ code: press }),
      0,
      { isOpen: false, opensAt: afterNoon(30) },
    ],
    [
      "the sale ends before the phase begins",
      { ...product, closesAt: afterNoon(500) },
      shown(),
      0,
      { isOpen: false, opensAt: null },
    ],
    ["no phases", { ...product, phases: null }, shown(), 0, { isOpen: true, opensAt: null }],
  ])("%s", (_, of, given, seconds, expected) => {
    expect(openingFor(of, given, afterNoon(seconds))).toEqual(expected)
  })
})
