import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { readConfig } from "../../src/config/read-config.ts"
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { startServerProcess, startWorkerProcess } from "../support/server-process.ts"

test("migrate --seed brings the schema up to date and makes product 1, once", async () => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url }

  const first = await runCommand(["migrate", "--seed"], environment)
  const again = await runCommand(["migrate", "--seed", "--json"], environment)

  expect(first).toMatchObject({
    status: 0,
    stdout: "The schema is up to date.\nProduct 1 is on sale with 100 units.\n",
  })
  expect(JSON.parse(again.stdout)).toEqual({ applied: [], product_id: 1, created: false })
})

test.each([["db:seed"], ["db:seed", "--class=ProductSeeder"]])("%s %s seeds", async (...words) => {
  await using database = await createTestDatabase()

  const seeded = await runCommand(words, { DATABASE_URL: database.url })

  expect(seeded).toMatchObject({ status: 0, stdout: "Product 1 is on sale with 100 units.\n" })
  expect(seeded.stderr).toContain('db:seed runs "doorbuster seed"')
})

test.each([["queue:work", "database", "--tries=3"], ["schedule:work"]])(
  "%s runs the worker",
  async (...words) => {
    await using database = await createTestDatabase()
    await using worker = await startWorkerProcess({ DATABASE_URL: database.url }, words)

    expect(worker.output()).toContain(`${words[0]} runs "doorbuster worker"`)
    expect(await worker.end("SIGTERM")).toBe(0)
  },
)

test("variables of Laravel's .env are named, without their values", async () => {
  await using directory = await temporaryDirectory()
  await writeFile(
    join(directory.path, ".env"),
    "DB_CONNECTION=mysql\nDB_PASSWORD=hunter2\nQUEUE_CONNECTION=redis\nCACHE_STORE=\n",
  )

  const config = readConfig({ directory: directory.path, environment: { REDIS_HOST: "127.0.0.1" } })

  expect(config.unusedVariables).toEqual(["DB_CONNECTION", "DB_PASSWORD", "REDIS_HOST", "QUEUE_CONNECTION"])
})

test("doctor and serve say which variables have no effect", async () => {
  await using database = await createTestDatabase()
  const environment = { DATABASE_URL: database.url, DB_HOST: "db", DB_PASSWORD: "hunter2" }
  const sentence = "DB_HOST, DB_PASSWORD are set but have no effect: set DATABASE_URL"

  const { stdout } = await runCommand(["doctor"], environment)

  expect(stdout).toContain(`!!   environment: ${sentence}`)
  expect(stdout).not.toContain("hunter2")
  await using server = await startServerProcess(environment)
  expect(server.output()).toContain(sentence)
  expect(server.output()).not.toContain("hunter2")
})
