import { randomBytes } from "node:crypto"
import type pg from "pg"

/** The key that signs owner tokens. The first process creates it; all processes on this database share it. */
export async function installationTokenSecret(pool: pg.Pool): Promise<string> {
  await pool.query({
    text: `
      insert into installation_secrets (name, value)
      values ('token_secret', $1)
      on conflict (name) do nothing`,
    values: [randomBytes(32).toString("base64url")],
  })
  const { rows } = await pool.query<{ value: string }>({
    text: `
      select value
        from installation_secrets
       where name = 'token_secret'`,
  })
  const secret = rows[0]?.value
  if (secret === undefined) throw new Error("the token secret was not stored")
  return secret
}
