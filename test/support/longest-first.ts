import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/**
 * The files that take longest, from four minutes to one on two busy cores. A clean checkout has no times of an earlier
 * run, and the size of a file says little: without this list a long one may begin last, beside an idle core.
 */
const longest = [
  "test/faults/several-processes",
  "test/model/core",
  "test/packages/installed",
  "test/faults/stuck-stops",
  "test/cli/commands",
  "test/cli/stopping",
  "test/e2e/every-page",
  "test/packages/image",
  "test/contract/contract",
  "test/model/served",
  "test/e2e/details",
  "test/e2e/buying",
  "test/e2e/admin-variants",
  "test/e2e/impatient-thumb",
  "test/worker/mail-storm",
  "test/e2e/buying-variants",
  "test/docs/commands",
  "test/faults/process-faults",
  "test/rehearsal/rehearse",
  "test/faults/patroni",
  "test/e2e/admin",
  "test/faults/failover",
  "test/faults/split-brain",
  "test/e2e/languages",
  "test/faults/backend-faults",
  "test/docs/site",
  "test/e2e/bad-connections",
  "test/faults/upgrade-variants",
  "test/store/verify-variants",
  "test/faults/refusing-database",
  "test/embedded/ownership",
  "test/examples/examples",
  "test/cli/bench",
].map((name) => fileURLToPath(new URL(`../../${name}.test.ts`, import.meta.url)))

/** Starts the longest files first, and then the others as vitest would. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = longest.filter((path) => !existsSync(path))
    if (gone.length > 0) throw new Error(`longest-first.ts lists files that do not exist: ${gone.join(", ")}`)
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other))
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = longest.indexOf(moduleId)
  return place === -1 ? longest.length : place
}
