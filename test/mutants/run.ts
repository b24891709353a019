import { spawn } from "node:child_process"
import { once } from "node:events"
import { cp, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { temporaryDirectory } from "../support/directory.ts"
import { mutants, type Mutant } from "./mutants.ts"

/**
 * Plants each bug in a copy of the project and runs the test that must notice it. A bug that
 * stays unnoticed, or a test that fails without the bug, is a failure. Arguments select bugs by words of their names.
 */
const root = fileURLToPath(new URL("../../", import.meta.url))
const copied = [
  "src",
  "test",
  "bin",
  "bench",
  "client",
  "web",
  "scripts",
  "dist",
  "migrations",
  "package.json",
  "openapi.json",
  "README.md",
  "docs",
  "deploy",
  "vitest.config.ts",
  "tsconfig.json",
]

const words = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => words.every((word) => name.includes(word)))
let unnoticed = 0

for (const [name, mutant] of controls(chosen)) {
  const failed = await failsWith(mutant)
  const isRight = failed === mutant.edits.length > 0
  if (!isRight) unnoticed += 1
  console.log(`${isRight ? "ok " : "BAD"}  ${name}: ${mutant.caughtBy.file} ${failed ? "fails" : "passes"}`)
}
console.log(`${chosen.length} planted bugs, ${unnoticed} wrong`)
if (unnoticed > 0 || chosen.length === 0) process.exitCode = 1

/** Runs each test once without a bug, then with every bug. */
function* controls(all: readonly Mutant[]): Generator<[string, Mutant]> {
  const tests = new Map(all.map((mutant) => [JSON.stringify(mutant.caughtBy), mutant.caughtBy]))
  for (const caughtBy of tests.values()) yield ["no bug", { name: "no bug", edits: [], caughtBy }]
  for (const mutant of all) yield [mutant.name, mutant]
}

async function failsWith({ edits, caughtBy }: Mutant): Promise<boolean> {
  await using copy = await temporaryDirectory()
  for (const name of copied) await cp(join(root, name), join(copy.path, name), { recursive: true })
  await symlink(join(root, "node_modules"), join(copy.path, "node_modules"))
  for (const { file, find, replace } of edits) {
    const path = join(copy.path, file)
    const text = await readFile(path, "utf8")
    if (text.split(find).length !== 2)
      throw new Error(`${file} does not have the lines of this bug once: ${find}`)
    await writeFile(
      path,
      text.replace(find, () => replace),
    )
  }
  const filter = caughtBy.test === undefined ? [] : ["-t", caughtBy.test]
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
  const child = spawn(process.execPath, [vitest, "run", caughtBy.file, ...filter], {
    cwd: copy.path,
    stdio: "pipe",
  })
  let printed = ""
  child.stdout.on("data", (chunk) => (printed += String(chunk)))
  child.stderr.on("data", (chunk) => (printed += String(chunk)))
  const [code] = await once(child, "exit")
  if (code !== 0 && !/Tests.*failed|Unhandled|FAIL/.test(printed))
    throw new Error(`the test did not run:\n${printed}`)
  return code !== 0
}
