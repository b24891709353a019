import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { stripTypeScriptTypes } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

// Builds the program below dist: src/main.ts and every file that it imports, without their types. A package needs that,
// because Node runs no TypeScript below node_modules. Each type becomes as many spaces, and `.ts` in an import becomes
// `.js`. So each line and column is where it is in the source, and stack traces need no source maps, which would cost
// time and memory. `npm pack` runs it (prepack).

const root = new URL("../", import.meta.url)
const dist = fileURLToPath(new URL("dist/", root))

/** An import of a file of the program: `from "./x.ts"`, `import("./x.ts")`, `import "./x.ts"`. */
const IMPORT = /\b((?:from|import)[ (]\s*"\.{1,2}\/[^"\n]+)\.ts"/g

// Files that an earlier build left would be packed too.
for (const directory of ["src", "client", "web/shared"]) {
  await rm(join(dist, directory), { recursive: true, force: true })
}
const built = new Set<string>()
await build(new URL("src/main.ts", root))

async function build(source: URL): Promise<void> {
  if (built.has(source.href)) return
  built.add(source.href)
  const code = stripTypeScriptTypes(await readFile(source, "utf8"))
  const target = join(dist, source.href.slice(root.href.length).replace(/\.ts$/, ".js"))
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, code.replace(IMPORT, '$1.js"'))
  for (const [, start = ""] of code.matchAll(IMPORT)) {
    await build(new URL(`${start.slice(start.indexOf('"') + 1)}.ts`, source))
  }
}
