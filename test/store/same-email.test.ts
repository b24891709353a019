import pg from "pg"
import { expect, inject, test } from "vitest"
import { sameEmail } from "../../src/store/columns.ts"

// A database of the shop's may know the letters of all languages; the one of the other tests knows those of ASCII.
test("addresses are compared by the letters of ASCII in every database", async () => {
  const admin = new pg.Client({ connectionString: inject("serverUrl") })
  await admin.connect()
  const name = `test_letters_${process.pid}`
  await admin.query(
    `create database ${name} template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`,
  )
  const url = new URL(inject("serverUrl"))
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()

  const { rows } = await client.query<Record<string, string>>(
    `select lower($1) as lower, ${sameEmail("$1::text")} as victim, ${sameEmail("$2::text")} as ascii`,
    ["victim@gma\u0130l.com", "VICTIM@Gmail.com"],
  )
  await client.end()
  await admin.query(`drop database ${name} with (force)`)
  await admin.end()

  expect(rows).toEqual([
    { lower: "victim@gmail.com", victim: "victim@gma\u0130l.com", ascii: "victim@gmail.com" },
  ])
})
