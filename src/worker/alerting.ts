import type { Database } from "../store/pool.ts"
import type { Alerts } from "../store/reads/alerts.ts"
import type { MoneyViews } from "../store/reads/money-views.ts"
import { dueProducts } from "../store/upkeep/housekeeping.ts"

/** What a look at the installation has found. */
export interface Signs {
  /** Differences that the last recount of this process found; null: it has not recounted yet. */
  readonly violations: number | null
  /** How long the first due hold or unpaid order has been due. */
  readonly expiryLagSeconds: number
  readonly moneyInboxCount: number
}

/** Looks at the installation. `violations`: what the last recount of this process has found. */
export async function readSigns(
  { database, money }: { readonly database: Database; readonly money: Pick<MoneyViews, "countOpen"> },
  violations: number | null,
): Promise<Signs> {
  const [[first], moneyInboxCount] = await Promise.all([dueProducts(database.views, 1), money.countOpen()])
  return { violations, expiryLagSeconds: first?.lagSeconds ?? 0, moneyInboxCount }
}

export interface AlertingParts {
  readonly alerts: Alerts
  readonly look: () => Promise<Signs>
  /** Monotonic milliseconds. */
  readonly clock?: () => number
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
/**
 * An alert ends when its sign was absent for so long. A sign that comes and goes within it is one alert, so that an
 * operator gets two messages and not fifty.
 */
const QUIET_MS = 10 * MINUTE_MS
/** From this lag on the live screen warns. */
const LATE_SECONDS = 5

type Name = Parameters<Alerts["raise"]>[0]

interface Rule {
  readonly name: Name
  /** The sign must last so long before it is an alert. */
  readonly afterMs: number
  /** What is wrong; null: nothing is, undefined: it is not known. */
  readonly textOf: (signs: Signs) => string | null | undefined
}

const rules: readonly Rule[] = [
  {
    name: "invariants",
    afterMs: 0,
    textOf: ({ violations }) => {
      if (violations === null) return undefined
      return violations === 0 ? null : `Violated invariants: ${violations}`
    },
  },
  {
    name: "expiry",
    afterMs: 30 * SECOND_MS,
    textOf: ({ expiryLagSeconds: lag }) =>
      lag <= LATE_SECONDS ? null : `Held units that are due are given back ${Math.round(lag)} s late`,
  },
  {
    name: "money_inbox",
    // A refund that a provider confirms at once is in the inbox for some seconds.
    afterMs: 5 * MINUTE_MS,
    textOf: ({ moneyInboxCount: count }) => (count === 0 ? null : `Entries in the money inbox: ${count}`),
  },
]

/**
 * Returns the task that looks at the installation and raises and ends alerts. While no endpoint receives alerts, it only
 * asks whether one does. It returns true while it waits for the first recount.
 */
export function createAlerting({ alerts, look, clock = () => performance.now() }: AlertingParts) {
  /** Since when each sign has been present without a pause, or absent. */
  const since = new Map<Name, { readonly isPresent: boolean; readonly at: number }>()
  let mayBeRaised = true

  async function follow({ name, afterMs }: Rule, text: string | null): Promise<void> {
    const isPresent = text !== null
    const known = since.get(name)
    const lasting = known?.isPresent === isPresent ? known : { isPresent, at: clock() }
    since.set(name, lasting)
    const lastedMs = clock() - lasting.at
    if (text !== null && lastedMs >= afterMs) await alerts.raise(name, text)
    if (text === null && lastedMs >= QUIET_MS) await alerts.end(name)
  }

  return async (): Promise<boolean> => {
    if (!(await alerts.areWanted())) {
      // An endpoint that is added later is told what is wrong then.
      if (mayBeRaised) await alerts.forget()
      mayBeRaised = false
      since.clear()
      return false
    }
    mayBeRaised = true
    const signs = await look()
    // Raised by the process that notices it, which need not be a worker's.
    await alerts.endUnseen("database", QUIET_MS)
    for (const rule of rules) {
      const text = rule.textOf(signs)
      if (text !== undefined) await follow(rule, text)
    }
    return signs.violations === null
  }
}
