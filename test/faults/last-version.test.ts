import { execFileSync } from "node:child_process"
import { expect, test } from "vitest"
import { temporaryDirectory } from "../support/directory.ts"
import { lastVersionIn } from "../support/last-version.ts"

const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]

// The upgrade test is skipped in a shallow clone, and fails in CI in a whole one without the last version.
test("a clone without the last version is told from a shallow one", async () => {
  await using whole = await temporaryDirectory()
  await using shallow = await temporaryDirectory()
  await using empty = await temporaryDirectory()
  const git = (...parameters: string[]) => execFileSync("git", parameters, { stdio: "ignore" })
  git("init", whole.path)
  for (const message of ["first", "second"]) {
    git("-C", whole.path, ...author, "commit", "--allow-empty", "--message", message)
  }
  git("clone", "--depth", "1", `file://${whole.path}`, shallow.path)

  expect(await lastVersionIn(whole.path)).toBe("missing")
  expect(await lastVersionIn(shallow.path)).toBe("shallow")
  expect(await lastVersionIn(empty.path)).toBe("missing")
})
