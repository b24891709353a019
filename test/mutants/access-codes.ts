import type { Mutant } from "./mutants.ts"

const rules = "src/domain/access.ts"
const claims = "src/domain/claims.ts"
const units = "src/domain/units.ts"
const domain = "test/domain/access.test.ts"
const http = "test/http/access-codes.test.ts"
const race = "test/race/access-codes.test.ts"
const constraints = "test/store/constraints.test.ts"

/** Who may buy when, and how often a code is spent. */
export const accessCodeMutants: readonly Mutant[] = [
  {
    name: "access codes: whether a code has room is not asked",
    edits: [
      {
        file: claims,
        find: "    if (qty <= room) continue\n",
        replace: "    if (qty <= room || room <= 0) continue\n",
      },
    ],
    caughtBy: { file: race, test: "200 redemptions of a code" },
  },
  {
    name: "access codes: a hold counts for its customer alone",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "if (spends !== null) claims.push",
        replace: "if (spends !== null && customerId !== null) claims.push",
      },
    ],
    caughtBy: { file: race, test: "200 redemptions of a code" },
  },
  {
    name: "access codes: what ends gives back to the customer alone",
    edits: [
      {
        file: units,
        find: "for (const claimant of claimantsOf(units)) {",
        replace: 'for (const claimant of claimantsOf(units).filter((one) => one.startsWith("c:"))) {',
      },
    ],
    caughtBy: { file: domain, test: "which the hold and its release name" },
  },
  {
    name: "access codes: a late payment does not ask the code",
    edits: [
      {
        file: claims,
        find: "return claimantsOf(order).map((claimant) => {",
        replace: 'return claimantsOf(order).filter((one) => one.startsWith("c:")).map((claimant) => {',
      },
    ],
    caughtBy: { file: race, test: "late payments race with buyers" },
  },
  {
    name: "access codes: an order does not have the claims of its hold",
    edits: [
      { file: "src/domain/place-order.ts", find: "claimants: hold.claimants,", replace: "claimants: null," },
    ],
    caughtBy: { file: race, test: "late payments race with buyers" },
  },
  {
    name: "access codes: what lapsed with a code is not looked for",
    edits: [
      {
        file: "src/store/batch/load-due.ts",
        find: "const ofClaims = asked.others.length > 0",
        replace: "const ofClaims = asked.others.length > 1e9",
      },
    ],
    caughtBy: { file: "test/store/reclaim.test.ts", test: "nor does what is held with a code" },
  },
  {
    name: "access codes: a code is spent where everybody may buy",
    edits: [{ file: rules, find: "costOf(a) - costOf(b)", replace: "costOf(b) - costOf(a)" }],
    caughtBy: { file: domain, test: "is not spent where everybody may buy" },
  },
  {
    name: "access codes: a phase begins a millisecond late",
    edits: [
      {
        file: rules,
        find: "(from === null || hasPassed(from, now)) &&",
        replace: "(from === null || from < now) &&",
      },
    ],
    caughtBy: { file: domain, test: "a code at once" },
  },
  {
    name: "access codes: a phase ends a millisecond late",
    edits: [
      {
        file: rules,
        find: "(until === null || !hasPassed(until, now)),",
        replace: "(until === null || until >= now),",
      },
    ],
    caughtBy: { file: domain, test: "outside of all phases" },
  },
  {
    name: "access codes: a revoked code lets in",
    edits: [
      {
        file: rules,
        find: "code === undefined || code.revokedAt !== null ? null",
        replace: "code === undefined ? null",
      },
    ],
    caughtBy: { file: http, test: "a revoked one lets nobody in" },
  },
  {
    name: "access codes: unknown codes are not counted",
    edits: [
      {
        file: "src/http/routes/buyers/code-attempts.ts",
        find: "void unknown.note(networkOf(request))",
        replace: "void networkOf(request)",
      },
    ],
    caughtBy: { file: http, test: "ends after ten unknown codes" },
  },
  {
    name: "access codes: the record of actions has them",
    edits: [
      {
        file: "src/http/access/audit.ts",
        find: 'new Set(["secret", "codes", "access_code"])',
        replace: 'new Set(["secret"])',
      },
    ],
    caughtBy: { file: http, test: "are kept as digests" },
  },
  {
    name: "access codes: only one spelling of a code is read",
    edits: [{ file: "src/http/access/access-code.ts", find: '.replaceAll("O", "0")', replace: "" }],
    caughtBy: { file: http, test: "are read in any spelling" },
  },
  {
    name: "access codes: an earlier version may end a hold with a code",
    edits: [
      {
        file: "migrations/0028_claims.sql",
        find: "  add constraint products_saved_with_claims check (claims_version = version) not valid,\n",
        replace: "",
      },
    ],
    caughtBy: { file: constraints, test: "products_saved_with_claims" },
  },
  {
    name: "access codes: an earlier version may order a hold with a code",
    edits: [
      {
        file: "migrations/0028_claims.sql",
        find: "status <> 'converted' or claimants is null or ordered_with_claims is true",
        replace: "status <> 'converted' or claimants is null or true",
      },
    ],
    caughtBy: { file: constraints, test: "holds_ordered_with_claims" },
  },
  {
    name: "access codes: late money is bound by the limit of any phase",
    edits: [
      {
        file: claims,
        find: "hasPhases ? smallerLimit(customerLimit, lastLimit) : customerLimit",
        replace: "customerLimit",
      },
    ],
    caughtBy: { file: domain, test: "bound by the limit of the phase" },
  },
  {
    name: "access codes: any number of guesses may be under way",
    edits: [
      {
        file: "src/http/routes/buyers/code-attempts.ts",
        find: "now >= MOST_UNDER_WAY ? 1 : unknown",
        replace: "now < 0 ? 1 : unknown",
      },
    ],
    caughtBy: { file: http, test: "a burst of guesses" },
  },
  {
    name: "access codes: a request stays under way after its answer",
    edits: [
      {
        file: "src/http/routes/buyers/code-attempts.ts",
        find: 'reply.raw.once("close", () => leave(network))',
        replace: "void leave",
      },
    ],
    caughtBy: { file: http, test: "leave no request under way" },
  },
]
