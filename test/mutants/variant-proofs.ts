import type { Edit, Mutant } from "./mutants.ts"

const race = { file: "test/race/race-variants.test.ts", test: "race --variants against two servers" }

const withoutVariantsCheck: Edit = {
  file: "migrations/0012_variants.sql",
  find: "  constraint variants_units_conserved check (held + sold <= stock),\n",
  replace: "",
}

/** Bugs of variants that must show over HTTP: in a race. */
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
    name: "variants, race: the gate refuses a basket and names a variant that has units",
    edits: [
      {
        file: "src/lanes/gate.ts",
        find: "  const lacking = lackingLines(product, lines)\n",
        replace: "  const lacking = lackingLines({ ...product, variants: [] }, lines)\n",
      },
    ],
    caughtBy: race,
  },
]
