import { writeFile } from "node:fs/promises"
import { referencePages, writtenPage } from "./reference.ts"

// Writes the tables of docs/reference from the code. A test compares them.
for (const page of referencePages) {
  await writeFile(new URL(`../${page.path}`, import.meta.url), await writtenPage(page))
}
