import { writeFile } from "node:fs/promises"
import { describeServer } from "../test/support/api-description.ts"

/*
 * Writes openapi.json, which a test compares with what the server serves. The paths are sorted: the server lists them in the
 * order in which its plugins are ready, which varies.
 */
const { paths, ...description } = (await describeServer()) as { readonly paths: object }
const sorted = Object.fromEntries(Object.entries(paths).toSorted(([one], [other]) => (one < other ? -1 : 1)))
await writeFile(
  new URL("../openapi.json", import.meta.url),
  `${JSON.stringify({ ...description, paths: sorted }, null, 2)}\n`,
)
