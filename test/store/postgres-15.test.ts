import { expect, test } from "vitest"
import { migrate } from "../../src/store/upkeep/migrate.ts"
import { verify } from "../../src/store/upkeep/verify.ts"
import { playBusySale } from "../support/busy-database.ts"
import { createTestEngine } from "../support/database.ts"
import { leavesOutPostgres15, startPostgres15 } from "../support/postgres-15.ts"
import { openScopedDatabase } from "../support/rows.ts"

test.skipIf(leavesOutPostgres15())(
  "the oldest supported PostgreSQL runs the schema, a sale and a race",
  async () => {
    await using server = await startPostgres15()
    await using database = openScopedDatabase(server.url)
    const { rows } = await database.views.query<{ version: string }>("select version() as version")
    expect(rows[0]?.version).toMatch(/^PostgreSQL 15\./)
    expect((await migrate(server.url)).length).toBeGreaterThan(0)
    expect(await migrate(server.url)).toEqual([])

    await using engine = await createTestEngine({}, server.url)
    await using other = await createTestEngine({}, server.url)
    await playBusySale(engine)
    // 8 of 30 units are held or sold; two processes race for the others, one by one.
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (index % 2 === 0 ? engine : other).lanes.submit({
          kind: "place_hold",
          productId: 1,
          holdId: 1_000 + index,
          qty: 1,
          customerId: `buyer-${index}`,
        }),
      ),
    )

    expect(answers.filter(({ outcome }) => "id" in outcome)).toHaveLength(22)
    expect(await verify(database.views)).toMatchObject({ holds: 28, violations: [] })
  },
)
