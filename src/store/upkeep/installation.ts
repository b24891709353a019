import { randomBytes } from "node:crypto"
import type pg from "pg"

/** The key that signs owner tokens. */
export function installationTokenSecret(pool: pg.Pool): Promise<string> {
  return installationSecret(pool, "token_secret")
}

/**
 * The key under which the names of confirmed mailboxes are made. No setting replaces it: with another key everybody would have
 * another name, and a fresh limit.
 */
export function installationMailboxSecret(pool: pg.Pool): Promise<string> {
  return installationSecret(pool, "mailbox_secret")
}

/** The first process creates a secret; all processes on this database share it. */
async function installationSecret(pool: pg.Pool, name: string): Promise<string> {
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
