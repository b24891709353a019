import type pg from "pg"
import type { Config } from "../config/config.ts"
import { flashSaleProduct } from "../seed.ts"
import { isLimited, onSale } from "./doctor-offers.ts"
import { checkPhases } from "./doctor-presales.ts"
import type { Finding } from "./finding.ts"

/** Checks whether buyers can pay. In open mode they pay at the payment simulator. */
export function checkPayments({ adminToken, paymentWebhookSecret, paymentPageUrl, stripe }: Config): Finding {
  const check = "payments"
  if (adminToken === null)
    return { check, ok: true, found: "simulated, because the server runs in open mode" }
  if (stripe === null && paymentWebhookSecret === null) {
    return {
      check,
      ok: false,
      found: "buyers cannot pay: set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or PAYMENT_WEBHOOK_SECRET",
    }
  }
  if (paymentPageUrl !== null) {
    return {
      check,
      ok: true,
      found: `at ${paymentPageUrl.replace(/\?.*/s, "")}, which reports payments in signed webhooks`,
    }
  }
  if (stripe === null) {
    return {
      check,
      ok: true,
      weak: true,
      found:
        "only through your own payment service, which reports payments in webhooks signed with PAYMENT_WEBHOOK_SECRET; the order page offers no payment: set PAYMENT_URL to your payment page (for Stripe set STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET and STRIPE_PUBLISHABLE_KEY)",
    }
  }
  if (stripe.publishableKey === null) {
    return {
      check,
      ok: true,
      weak: true,
      found: "Stripe, but the order page offers no payment: set STRIPE_PUBLISHABLE_KEY",
    }
  }
  return { check, ok: true, found: "Stripe" }
}

/**
 * Checks that limits by address count buyers. A public address with https needs a proxy, because the server speaks http. No
 * finding in open mode.
 */
export function checkAddresses({ adminToken, holdBounds, publicUrl, trustProxy }: Config): Finding[] {
  if (adminToken === null) return []
  const check = "limits for an address"
  if (publicUrl?.startsWith("https:") === true && trustProxy === null) {
    const found =
      "PUBLIC_URL is https, so there is a proxy, and TRUST_PROXY does not name it: all buyers have its address"
    return [{ check, ok: false, found }]
  }
  if (holdBounds === null || holdBounds.unpaid === Infinity) {
    const found = "one address may hold all units of a product: set UNPAID_UNITS_PER_ADDRESS"
    return [{ check, ok: true, weak: true, found }]
  }
  return [{ check, ok: true, found: `${holdBounds.unpaid} unpaid units of a product at a time` }]
}

/** Products that a finding names; further ones are only counted. */
const MOST_NAMED = 5

/**
 * Checks the products that are on sale or will be: the demonstration product of the first start must not be sold to
 * real buyers, and one buyer may take all units of a product without a limit. No findings in open mode, which has no
 * real buyers, or on a database without a schema.
 */
export async function checkOffers(
  pool: pg.Pool,
  { adminToken, holdBounds, customerSecrets, mail, holdsNeed }: Config,
): Promise<Finding[]> {
  if (adminToken === null || !(await hasProducts(pool))) return []
  const [demonstration, unlimited, signed, confirmed, shopMails] = await Promise.all([
    demonstrationOnSale(pool),
    productsWithoutLimit(pool),
    customerSecrets.length === 0 ? productsFor(pool, "signed") : [],
    productsFor(pool, "email"),
    mail === null && areCodesForShop(pool),
  ])
  return [
    demonstrationFinding(demonstration),
    limitsFinding(unlimited, holdBounds?.maxPerHold ?? null),
    ...signedFinding(signed),
    ...(await checkPhases(pool, { customerSecrets })),
    ...mailboxFinding(confirmed, { canSend: mail !== null || shopMails, holdsNeed }),
  ]
}

async function hasProducts(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>("select to_regclass('products') is not null as found")
  return rows[0]?.found === true
}

async function demonstrationOnSale(pool: pg.Pool): Promise<boolean> {
  const { name, priceMinor, currency } = flashSaleProduct
  const { rowCount } = await pool.query(
    `select 1
       from products
      where id = 1
        and name = $1
        and price_minor = $2
        and currency = $3
        and ${onSale}`,
    [name, priceMinor, currency],
  )
  return rowCount === 1
}

interface Unlimited {
  readonly named: readonly string[]
  readonly count: number
}

async function productsWithoutLimit(pool: pg.Pool): Promise<Unlimited> {
  const { rows } = await pool.query<{ id: number; name: string; count: number }>(
    `select id, name, count(*) over () as count
       from products
      where not ${isLimited}
        and ${onSale}
      order by id
      limit ${MOST_NAMED}`,
  )
  return { named: rows.map(({ id, name }) => `${id} (${name})`), count: rows[0]?.count ?? 0 }
}

/** Products on sale for customers of this kind. None on a database that has not been migrated yet. */
async function productsFor(pool: pg.Pool, kind: "signed" | "email"): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: number; name: string }>(
    `select id, name
       from products
      where to_jsonb(products) ->> 'customer' = $1
        and ${onSale}
      order by id
      limit ${MOST_NAMED}`,
    [kind],
  )
  return rows.map(({ id, name }) => `${id} (${name})`)
}

/** Whether an endpoint of the shop takes the codes of buyers. */
async function areCodesForShop(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select 1 from webhook_endpoints where id > 0 and enabled and 'customer.code_requested' = any(types) limit 1",
  )
  return rowCount === 1
}

function mailboxFinding(
  named: readonly string[],
  { canSend, holdsNeed }: Pick<Config, "holdsNeed"> & { readonly canSend: boolean },
): Finding[] {
  const check = "confirmed mailboxes"
  const list = named.join(", ")
  if (named.length === 0) return []
  if (!canSend) {
    const found = `nobody can buy product ${list}: it is sold to buyers with a mailed code, and nothing sends codes; set SMTP_URL and MAIL_FROM, or create a webhook endpoint with the event customer.code_requested`
    return [{ check, ok: false, found }]
  }
  if (holdsNeed === "signed") {
    const found = `nobody but your own server can sell product ${list}: it is sold to buyers with a mailed code, and HOLDS_NEED=signed takes tokens of your server only`
    return [{ check, ok: false, found }]
  }
  return [{ check, ok: true, found: `buyers of product ${list} are mailed codes` }]
}

function signedFinding(named: readonly string[]): Finding[] {
  if (named.length === 0) return []
  const found = `nobody can buy product ${named.join(", ")}: it is sold to signed customers, and CUSTOMER_SECRETS is not set`
  return [{ check: "signed customers", ok: false, found }]
}

function demonstrationFinding(isOnSale: boolean): Finding {
  const found = isOnSale
    ? "product 1, the demonstration product of the first start, is on sale to real buyers: pause it or close its sale"
    : "not on sale"
  return { check: "demonstration product", ok: !isOnSale, found }
}

/** `most`: the most units of a hold, of a product that does not say. */
function limitsFinding({ named, count }: Unlimited, most: number | null): Finding {
  const check = "limits for a buyer"
  if (count === 0) return { check, ok: true, found: "every product on sale has a limit" }
  const what = most === null ? "take all units" : `buy any number, ${most} units at a time,`
  const others = count > named.length ? ` and ${count - named.length} more` : ""
  return {
    check,
    ok: true,
    weak: true,
    found: `one buyer may ${what} of product ${named.join(", ")}${others}: set max_per_hold or max_per_customer`,
  }
}
