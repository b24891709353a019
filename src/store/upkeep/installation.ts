import { randomBytes } from "node:crypto"
import type pg from "pg"

/**
 * `token_secret` signs owner tokens; of `access_code_secret` the digests of access codes are made, of `mailbox_secret` the names of
 * confirmed mailboxes. No setting replaces the last two: with other keys all codes would be unknown, and everybody would have another
 * name and a fresh limit.
 */
export type InstallationSecret = "token_secret" | "access_code_secret" | "mailbox_secret"

/** A key that the first process creates and all processes on this database share. */
export async function installationSecret(pool: pg.Pool, name: InstallationSecret): Promise<string> {
  await pool.query({
    text: `
      insert into installation_secrets (name, value)
      values ($1, $2)
      on conflict (name) do nothing`,
    values: [name, randomBytes(32).toString("base64url")],
  })
  const { rows } = await pool.query<{ value: string }>({
    text: `
      select value
        from installation_secrets
       where name = $1`,
    values: [name],
  })
  const secret = rows[0]?.value
  if (secret === undefined) throw new Error(`the secret ${name} was not stored`)
  return secret
}
