import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { isUnlocked, tryLock, waitForLock } from "../../src/embedded/file-lock.ts"
import { cleanUp, newDirectory } from "./support/directories.ts"

afterEach(cleanUp)

test.each([
  // held       asked for    granted
  ["exclusive", "exclusive", false],
  ["exclusive", "shared", false],
  ["shared", "exclusive", false],
  ["shared", "shared", true],
] as const)("held %s, asked for %s: granted %s", async (heldMode, askedMode, isGranted) => {
  const path = join(await newDirectory(), "a.lock")
  using held = await tryLock(path, heldMode)
  expect(held).not.toBeNull()

  using asked = await tryLock(path, askedMode)

  expect(asked !== null).toBe(isGranted)
})

test("a released lock goes to the process that waits for it", async () => {
  const path = join(await newDirectory(), "a.lock")
  const first = await waitForLock(path, 1_000)
  const second = waitForLock(path, 10_000)
  expect(await isUnlocked(path)).toBe(false)

  first.release()

  using lock = await second
  expect(await tryLock(path, "shared")).toBeNull()
  expect(lock).not.toBeNull()
})
