import type { Mutant } from "./mutants.ts"

const race = "test/race/hold-bounds.test.ts"
const http = "test/http/hold-bounds.test.ts"
const rules = "src/domain/hold-bounds.ts"
const store = "src/store/batch/unpaid-holds.ts"

/** What binds the holds of strangers. */
export const holdBoundMutants: readonly Mutant[] = [
  {
    name: "hold bounds: a variant's larger limit gives way to the installation's",
    edits: [{ file: rules, find: "Math.max(most, ownLimit(product, command))", replace: "most" }],
    caughtBy: { file: "test/domain/hold-bounds.test.ts", test: "of variants: " },
  },
  {
    name: "hold bounds: a variant's larger limit is not the bound for unpaid units",
    edits: [
      {
        file: rules,
        find: "Math.max(bounds.unpaid, ownLimit(product, command))",
        replace: "Math.max(bounds.unpaid, product.maxPerHold ?? 0)",
      },
    ],
    caughtBy: { file: "test/domain/hold-bounds.test.ts", test: "of variants: " },
  },
  {
    name: "doctor: products with phases are taken to be paused",
    edits: [
      {
        file: "src/cli/doctor-offers.ts",
        find: "               (${json} ->> 'phases_paused')::boolean,\n",
        replace: "",
      },
    ],
    caughtBy: { file: "test/cli/doctor-presales.test.ts", test: "doctor sees products on sale with phases" },
  },
  {
    name: "admin: a set of revoked codes counts as one to buy with",
    edits: [
      {
        file: "web/admin/phase-risks.ts",
        find: "set.codes <= set.revoked_codes",
        replace: "set.codes <= 0",
      },
    ],
    caughtBy: { file: "test/web/phase-risks.test.ts", test: "risks of phases" },
  },
  {
    name: "hold bounds: the holds of a batch are not counted until it has committed",
    edits: [
      { file: rules, find: "unpaid: unpaid + hold.qty, endsAt: first", replace: "unpaid, endsAt: first" },
    ],
    caughtBy: { file: race, test: "400 holds of two holders" },
  },
  {
    name: "hold bounds: no row says which holds are unpaid",
    edits: [{ file: store, find: "...writeIfAny(made, (rows) => insertUnpaid(tx, rows)),", replace: "" }],
    caughtBy: { file: race, test: "400 holds of two holders" },
  },
  {
    name: "hold bounds: what is paid, released or cancelled still counts",
    edits: [
      { file: store, find: "...writeIfAny(settled, (ids) => remove(tx, productId, ids)),", replace: "" },
    ],
    caughtBy: { file: race, test: "units stop to count" },
  },
  {
    name: "hold bounds: an order's units stop to count when its hold would have ended",
    edits: [{ file: store, find: "...extended.map((group) => extend(tx, productId, group)),", replace: "" }],
    caughtBy: { file: race, test: "until its own end" },
  },
  {
    name: "hold bounds: what lapses counts for ever",
    edits: [
      {
        file: store,
        find: "and ends_at > clock.now - make_interval(secs => $3)",
        replace: "and $3::integer > 0",
      },
    ],
    caughtBy: { file: race, test: "until its own end" },
  },
  {
    name: "hold bounds: what lapses counts as given back",
    edits: [{ file: store, find: ' && status !== "expired"', replace: "" }],
    caughtBy: { file: race, test: "until its own end" },
  },
  {
    name: "hold bounds: each address of an IPv6 network counts by itself",
    edits: [
      {
        file: "src/http/access/holders.ts",
        find: "networkOf(request)}`)",
        replace: "request.ip}`)",
      },
    ],
    caughtBy: { file: http, test: "an IPv6 network counts as one" },
  },
  {
    name: "hold bounds: the shop's own server is bound too",
    edits: [
      {
        file: "src/http/access/holders.ts",
        find: "if (holdsForBuyers(caller)) return undefined",
        replace: "void holdsForBuyers(caller)",
      },
    ],
    caughtBy: { file: http, test: "bound by nothing" },
  },
  {
    name: "hold bounds: a page of another site may make its visitors hold units",
    edits: [
      {
        file: "src/http/routes/buyers/place-hold-by-path.ts",
        find: 'senderOf(request) === "foreign page" &&',
        replace: 'senderOf(request) === "own page" &&',
      },
    ],
    caughtBy: { file: http, test: "cannot make its visitors" },
  },
]
