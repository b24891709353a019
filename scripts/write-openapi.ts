import { writeFile } from "node:fs/promises"
import { describeServer } from "../test/support/api-description.ts"

// Writes openapi.json, which a test compares with what the server serves.
await writeFile(
  new URL("../openapi.json", import.meta.url),
  `${JSON.stringify(await describeServer(), null, 2)}\n`,
)
