import { expect, test } from "vitest"
import { checkIdOrigin } from "../../src/cli/doctor-ids.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { openScopedDatabase, runSql } from "../support/rows.ts"

test("doctor warns when the server withholds the origin of ids", async () => {
  await using database = await createTestDatabase()
  expect(await lineOfDoctor(database.url)).toMatch(/^ok /)

  // As a hosted server does: the function is then called by a role that is no superuser.
  await runSql(database.url, "revoke execute on function pg_control_system() from public")
  await runSql(database.url, "alter function id_origin() owner to pg_signal_backend")

  expect(await lineOfDoctor(database.url)).toMatch(/^!! .*change TOKEN_SECRET and add 1,000,000/)
})

test("a database without the function gets no finding", async () => {
  await using database = await createTestDatabase()
  await runSql(database.url, "alter function id_origin() rename to id_origin_of_another_schema")
  await using pools = openScopedDatabase(database.url)

  expect(await checkIdOrigin(pools.views)).toEqual([])
})

async function lineOfDoctor(url: string): Promise<string | undefined> {
  const { stdout } = await runCommand(["doctor"], { DATABASE_URL: url })
  return stdout.split("\n").find((line) => line.includes("ids after a failover:"))
}
