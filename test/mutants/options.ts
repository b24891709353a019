import type { Mutant } from "./mutants.ts"

const rules = "web/storefront/option-choice.ts"
const unit = "test/web/option-choice.test.ts"
const browser = "test/e2e/options.test.ts"

/** Variants that are chosen option by option, on the pages of buyers. */
export const optionMutants: readonly Mutant[] = [
  {
    name: "options: they stand in the order in which the server stores them",
    edits: [
      { file: rules, find: "placeOf(one) - placeOf(other)", replace: "0 * (placeOf(one) - placeOf(other))" },
    ],
    caughtBy: { file: unit, test: "in the order of a name's parts" },
  },
  {
    name: "options: what is picked of an option narrows the option itself",
    edits: [
      {
        file: rules,
        find: "havingAll(having, without(picks, option))",
        replace: 'havingAll(having, without(picks, option === "" ? option : ""))',
      },
    ],
    caughtBy: { file: unit, test: "units; can be picked" },
  },
  {
    name: "options: after a pick that no variant has, nothing else can be picked",
    edits: [
      {
        file: rules,
        find: "    if (those.length > 0) left = those\n",
        replace: "    left = those\n",
      },
    ],
    caughtBy: { file: unit, test: "go together" },
  },
  {
    name: "options: a variant is chosen before a value of each option is picked",
    edits: [
      {
        file: rules,
        find: "isWhole ? (only ?? null) : null",
        replace: "isWhole || havingAll(variants, picks).length === 1 ? (only ?? null) : null",
      },
    ],
    caughtBy: { file: unit, test: "is not chosen before its other options are picked" },
  },
  {
    name: "options: a pick that the latest one excludes is lost",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "      picks.value = next\n",
        replace: "      picks.value = narrowed(offered.value, next)\n",
      },
    ],
    caughtBy: { file: browser, test: "buys black in M by keyboard" },
  },
  {
    name: "options: what was picked before the scripts ran is lost",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "if (earlyPicks.length > 0) takePicks(earlyPicks)",
        replace: "if (earlyPicks.length > 2) takePicks(earlyPicks)",
      },
    ],
    caughtBy: { file: browser, test: "keeps what was picked before the scripts ran" },
  },
  {
    name: "options: the page of an order leaves out the names of the options",
    edits: [
      {
        file: "web/storefront/option-choice.ts",
        find: "options: text }\n}",
        replace: "options: isWhole ? undefined : text }\n}",
      },
    ],
    caughtBy: { file: browser, test: "buys black in M by tap" },
  },
]
