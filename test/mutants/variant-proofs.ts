import type { Edit, Mutant } from "./mutants.ts"

const race = { file: "test/race/race-variants.test.ts", test: "race --variants against two servers" }

const withoutVariantsCheck: Edit = {
  file: "migrations/0012_variants.sql",
  find: "  constraint variants_units_conserved check (held + sold <= stock),\n",
  replace: "",
}

const history = { file: "test/history/real-runs.test.ts" }

/** Bugs of variants that must show over HTTP: in a race, and in the history of a crowd's operations. */
export const variantProofMutants: readonly Mutant[] = [
  {
    name: "variants, race: neither the core nor a CHECK guards the lines of a basket",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "  const lines = lackingLines(product, wanted)\n",
        replace: "  const lines = wanted.length > 1 ? [] : lackingLines(product, wanted)\n",
      },
      withoutVariantsCheck,
    ],
    caughtBy: race,
  },
  {
    name: "variants, race: the last unit of a variant is never sold",
    edits: [
      {
        file: "src/domain/product-variants.ts",
        find: "    if (available < qty) lacking.push",
        replace: "    if (available <= qty) lacking.push",
      },
    ],
    caughtBy: race,
  },
  {
    name: "variants, race: the refusal of a basket names variants that have units",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "    lines,\n    retryAt: mayReturn",
        replace:
          "    lines: wanted.map(({ variantId, qty }) => ({ variantId, requested: qty, available: 0 })),\n    retryAt: mayReturn",
      },
    ],
    caughtBy: { file: "test/race/race-variants.test.ts", test: "for want of another" },
  },
  {
    name: "variants, history: a basket takes a unit that a variant lacks",
    edits: [
      {
        file: "src/domain/place-hold.ts",
        find: "  const lines = lackingLines(product, wanted)\n",
        replace: "  const lines = wanted.length > 1 ? [] : lackingLines(product, wanted)\n",
      },
      withoutVariantsCheck,
    ],
    caughtBy: history,
  },
  {
    name: "variants, history: the end of a basket returns the units of its first line alone",
    edits: [
      {
        file: "src/domain/units.ts",
        find: "    if (variant === undefined) continue\n",
        replace:
          "    if (variant === undefined || (held < 0 && variantId !== lines[0]?.variantId)) continue\n",
      },
    ],
    caughtBy: history,
  },
]
