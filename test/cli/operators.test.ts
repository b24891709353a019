import { expect, test } from "vitest"
import { createTestDatabase } from "../support/database.ts"
import { runCommand } from "../support/command-line.ts"
import { closed, startClosedApp } from "../support/shop.ts"

test("operators are added, listed, rotated and disabled, and a running server follows", async () => {
  await using database = await createTestDatabase()
  await using app = await startClosedApp({ databaseUrl: database.url })
  const run = (...args: string[]) => runCommand(["operators", ...args], { DATABASE_URL: database.url })
  const statusOf = async (token: string) => (await app.get("/api/admin/products", { token })).status

  const none = await run("list")
  const added = await run("add", "Ann", "--role", "manager")
  const key = await run("add", "Shop server", "--key", "--scope", "holds:write", "orders:write", "--json")
  const [title, token = ""] = added.stdout.split("\n")
  expect(none.stdout).toBe("There are no operators; ADMIN_TOKEN is the only way in.\n")
  expect(title).toBe("Ann, person with the role manager. The token, which is not shown again:")
  expect(token).toMatch(/^dbo1_[\w-]{43}$/)
  expect(JSON.parse(key.stdout)).toMatchObject({
    kind: "key",
    role: null,
    scopes: ["holds:write", "orders:write"],
  })
  expect(await statusOf(token)).toBe(200)

  const rotated = JSON.parse((await run("rotate", "ann", "--json")).stdout) as { readonly token: string }
  await expect.poll(() => statusOf(token), { timeout: 6_000 }).toBe(401)
  expect(await statusOf(rotated.token)).toBe(200)

  const disabled = await run("disable", "Ann")
  expect(disabled.stdout).toBe(
    "Ann is disabled. All servers refuse the token and its sessions within five seconds.\n",
  )
  await expect.poll(() => statusOf(rotated.token), { timeout: 6_000 }).toBe(401)
  const refused = await run("rotate", "Ann")
  expect([refused.status, refused.stderr]).toEqual([
    1,
    expect.stringContaining("The operator is disabled: operators enable gives it a new token"),
  ])
  const renamed = await run("rename", "Ann", "Anna")
  expect(renamed.stdout).toMatch(/^Anna, person with the role manager\. Earlier entries of the record/)
  const demoted = await run("role", "Anna", "--role", "support")
  expect(demoted.stdout).toMatch(
    /^Anna, person with the role support\. All servers follow within five seconds/,
  )
  const enabled = JSON.parse((await run("enable", "anna", "--json")).stdout) as { readonly token: string }
  await expect.poll(() => statusOf(enabled.token), { timeout: 6_000 }).toBe(200)
  expect(await statusOf(rotated.token)).toBe(401)
  const scoped = await run("role", "Shop server", "--scope", "holds:write", "--json")
  expect(JSON.parse(scoped.stdout)).toMatchObject({ scopes: ["holds:write"] })
  await run("disable", "Anna")
  const list = await run("list")
  expect(list.stdout).toMatch(
    /^Shop server: key with holds:write, never used\nAnna: person with the role support, disabled /,
  )
  expect(list.stdout).not.toContain("dbo1_")
})

test.each([
  [["add", "Ann", "--role", "viewer"], 1, "Another operator has or had the name Ann: choose another"],
  [["add", "owner", "--role", "viewer"], 2, "the name must not be owner, which stands for ADMIN_TOKEN"],
  [["add", "Ben"], 2, "a person needs a role, and cannot have scopes: see --role, --key and --scope"],
  [["add", "Ben", "--scope", "holds:write"], 2, "a person needs a role, and cannot have scopes"],
  [["add", "Ben", "--role", "king"], 2, "Allowed choices are viewer, support, manager, owner."],
  [["add"], 2, "operators add needs the operator's name"],
  [["disable", "Zoe"], 1, "There is no operator Zoe"],
  [["list", "Ann"], 2, "operators list takes no name"],
  [["rotate", "Ann", "--role", "owner"], 2, "--role and --scope belong to operators add and operators role"],
  [["role", "Ann", "--role", "owner", "--key"], 2, "--key belongs to operators add"],
  [["role", "Ann"], 2, "operators role needs --role, or --scope for a key"],
  [["role", "Ann", "viewer"], 2, "a second name belongs to operators rename; give a role with --role"],
  [["role", "Ann", "--scope", "holds:write"], 2, "a person needs a role, and cannot have scopes"],
  [["rename", "Ann"], 2, "operators rename needs the new name, too"],
  [["rename", "Ann", " Anna"], 2, "the name must begin and end with a visible character"],
  [["rename", "Ann", "Owner"], 2, "the name must not be owner, which stands for ADMIN_TOKEN"],
  [["enable", "Ann"], 1, "The operator is enabled: operators rotate gives it a new token"],
  [["erase", "Ann"], 2, "Allowed choices are add, list, role, rename, disable, enable, rotate."],
])("operators %j ends with %i: %s", async (args, status, line) => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url, ADMIN_TOKEN: closed.adminToken }
  await runCommand(["operators", "add", "Ann", "--role", "owner"], environment)

  const result = await runCommand(["operators", ...args], environment)

  expect(result.status).toBe(status)
  expect(result.stderr).toContain(line)
})
