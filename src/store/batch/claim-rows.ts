import type { AccessCode } from "../../domain/access.ts"
import { claimantOfCustomer, customerOfClaimant } from "../../domain/claims.ts"
import type { ClaimUnits, WorkingSet } from "../../domain/working-set.ts"
import { numbers } from "../columns.ts"
import type { Tx } from "../tx.ts"
import { groupBy, writeIfAny, type NonEmpty } from "./row-groups.ts"

/*
 * The claims of customers are in product_customers, all others in claims: servers of an earlier version count customers there
 * (0028_claims.sql). Both tables have the same columns but for the name, and the same guards.
 */

interface ClaimTable {
  readonly table: string
  readonly column: string
  /** The claimant of the column's value, and back; null: it is in the other table. */
  readonly claimantOf: (value: string) => string
  readonly valueOf: (claimant: string) => string | null
  /** How its statements are named. */
  readonly of: string
}

const ofCustomers: ClaimTable = {
  table: "product_customers",
  column: "customer_id",
  claimantOf: claimantOfCustomer,
  valueOf: customerOfClaimant,
  of: "customers",
}

const ofOthers: ClaimTable = {
  table: "claims",
  column: "claimant",
  claimantOf: (value) => value,
  valueOf: (claimant) => (customerOfClaimant(claimant) === null ? claimant : null),
  of: "claims",
}

const tables = [ofCustomers, ofOthers]

/** Loads how many units the claims have. */
export function* loadClaims(
  tx: Tx,
  state: WorkingSet,
  claimants: readonly string[],
): Generator<Promise<void>> {
  for (const one of tables) {
    const values = claimants.flatMap((claimant) => one.valueOf(claimant) ?? [])
    if (values.length > 0) yield loadFrom(one, { tx, state, values })
  }
}

async function loadFrom(
  { table, column, claimantOf, of }: ClaimTable,
  { tx, state, values }: { readonly tx: Tx; readonly state: WorkingSet; readonly values: readonly string[] },
): Promise<void> {
  const { rows } = await tx.query<Omit<ClaimUnits, "claimant"> & { readonly value: string }>({
    name: `load-${of}`,
    text: `
      select ${column} as value, units, unit_limit as "unitLimit"
        from ${table}
       where product_id = $1
         and ${column} = any($2::text[])`,
    values: [state.productId, values],
  })
  for (const { value, ...counted } of rows) state.claims.load({ claimant: claimantOf(value), ...counted })
}

/** Loads the access codes of these claimants that there are. */
export async function loadAccessCodes(
  tx: Tx,
  state: WorkingSet,
  claimants: readonly string[],
): Promise<void> {
  const { rows } = await tx.query<AccessCode>({
    name: "load-access-codes",
    text: `
      select claimant, code_set as set, units, revoked_at as "revokedAt"
        from access_codes
       where product_id = $1
         and claimant = any($2::text[])`,
    values: [state.productId, claimants],
  })
  for (const code of rows) state.accessCodes.set(code.claimant, code)
}

/** Writes the units of claims that the batch has changed. */
export function saveClaims(tx: Tx, { productId, claims, claimReturns }: WorkingSet): Promise<void>[] {
  const changed = [...claims.added(), ...claims.changed()]
  if (changed.length === 0 && claimReturns.size === 0) return []
  const writes: Promise<void>[] = []
  for (const one of tables) {
    writes.push(...writeIfAny(rowsIn(one, changed), (rows) => write(one, { tx, productId, rows })))
    for (const returns of groupBy(returnsIn(one, claimReturns), ({ units }) => units)) {
      writes.push(giveBack(one, { tx, productId, returns }))
    }
  }
  return writes
}

interface ClaimRow {
  readonly value: string
  readonly units: number
  readonly unitLimit: number | null
}

function rowsIn({ valueOf }: ClaimTable, claims: readonly ClaimUnits[]): ClaimRow[] {
  return claims.flatMap(({ claimant, units, unitLimit }) => {
    const value = valueOf(claimant)
    return value === null ? [] : [{ value, units, unitLimit }]
  })
}

interface Return {
  readonly value: string
  readonly units: number
}

function returnsIn({ valueOf }: ClaimTable, returns: WorkingSet["claimReturns"]): Return[] {
  return [...returns].flatMap(([claimant, units]) => {
    const value = valueOf(claimant)
    return value === null ? [] : [{ value, units }]
  })
}

async function write(
  { table, column, of }: ClaimTable,
  {
    tx,
    productId,
    rows,
  }: { readonly tx: Tx; readonly productId: number; readonly rows: readonly ClaimRow[] },
): Promise<void> {
  await tx.query({
    name: `save-${of}`,
    text: `
      insert into ${table} (product_id, ${column}, units, unit_limit)
      select $1, c.*
        from unnest($2::text[], $3::integer[], $4::integer[]) as c
      on conflict (product_id, ${column}) do update
         set units = excluded.units,
             unit_limit = excluded.unit_limit`,
    values: [
      productId,
      rows.map(({ value }) => value),
      numbers(rows.map(({ units }) => units)),
      numbers(rows.map(({ unitLimit }) => unitLimit)),
    ],
  })
}

async function giveBack(
  { table, column, of }: ClaimTable,
  {
    tx,
    productId,
    returns,
  }: { readonly tx: Tx; readonly productId: number; readonly returns: NonEmpty<Return> },
): Promise<void> {
  const [{ units }] = returns
  await tx.query({
    name: `return-units-of-${of}`,
    text: `
      update ${table}
         set units = units - $3
       where product_id = $1
         and ${column} = any($2::text[])`,
    values: [productId, returns.map(({ value }) => value), units],
  })
}
