import { mkdir, writeFile } from "node:fs/promises"
import { badge, badges, envExample, referencePages, writtenPage } from "./reference.ts"

// Writes the tables of docs/reference, .env.example and the badges of README from the code. A test compares them.
for (const page of referencePages) {
  await writeFile(new URL(`../${page.path}`, import.meta.url), await writtenPage(page))
}
await writeFile(new URL("../.env.example", import.meta.url), envExample())
await mkdir(new URL("../docs/badges/", import.meta.url), { recursive: true })
for (const [path, texts] of Object.entries(badges)) {
  await writeFile(new URL(`../${path}`, import.meta.url), badge(texts))
}
