import { copyFile, cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "vitepress"
import { pagesElsewhere, sitePath, withSiteLinks } from "./docs-links.ts"

// Builds the site of docs/ into dist/docs, or into the directory that is its argument; a dead link is an error. The
// pages are gathered in dist/docs-source first, because some stand outside of docs/, and because their links lead to
// files of the repository that the site does not have.

const root = fileURLToPath(new URL("../", import.meta.url))
const source = join(root, "dist/docs-source")
const outDir = process.argv[2] ?? join(root, "dist/docs")

await rm(source, { recursive: true, force: true })
for (const path of [...(await paths("docs/**/*.md")), ...Object.keys(pagesElsewhere)]) {
  const page = join(source, sitePath(path) ?? path)
  await mkdir(dirname(page), { recursive: true })
  await writeFile(page, withSiteLinks(path, await readFile(join(root, path), "utf8")))
}
for (const directory of ["screenshots", "badges"]) {
  await cp(join(root, "docs", directory), join(source, directory), { recursive: true })
}
await copyFile(join(root, "docs/internals/performance.svg"), join(source, "internals/performance.svg"))
await mkdir(join(source, ".vitepress"))
await copyFile(join(root, "scripts/vitepress.config.ts"), join(source, ".vitepress/config.ts"))
await copyFile(join(root, "scripts/docs-links.ts"), join(source, ".vitepress/docs-links.ts"))
await build(source, { outDir })

async function paths(pattern: string): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob(pattern, { cwd: root })) found.push(path)
  return found.sort()
}
