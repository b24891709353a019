import type { Product, Time } from "../../client/src/index.ts"
import { openingOf, phasesLeft } from "./buyer-opening.ts"
import type { Language } from "./language.ts"
import { leftText } from "./texts.ts"

const ONE_DAY_MS = 86_400_000

interface ListState {
  readonly text: string
  /** True: everybody may buy it now. */
  readonly isOpen: boolean
}

/**
 * The state of a product in the list. Of a product with phases it is the one for everybody: the list does not know who looks at it, and
 * a buyer with a code opens the product. `nowMs` and `zone` null: not known yet.
 */
export function listState(
  language: Language,
  product: Product,
  nowMs: number | null,
  zone: string | null,
): ListState {
  const { words } = language
  const { sale_state, opens_at } = product
  const isTimed = sale_state === "open" || sale_state === "scheduled"
  const opening = isTimed ? openingOf(product, null, nowMs) : null
  const closed = (text: string) => ({ text, isOpen: false })
  if (opening?.kind === "over") return closed(words.saleStates.closed)
  if (opening?.kind === "closed_to_buyer") return closed(words.presale)
  if (opening?.kind === "later") {
    const text = opensText(language, opening.opensAt, nowMs, zone)
    return closed(isPresale(product, nowMs) ? `${words.presale} · ${text}` : text)
  }
  if (sale_state === "open") return { text: leftText(words, product), isOpen: true }
  const isScheduled = sale_state === "scheduled" && opens_at !== null
  return closed(isScheduled ? opensText(language, opens_at, nowMs, zone) : words.saleStates[sale_state])
}

/** True while some phase is on. */
function isPresale({ sale_state, phases = [], server_time }: Product, nowMs: number | null): boolean {
  const now = nowMs ?? Date.parse(server_time)
  return (
    sale_state === "open" &&
    phasesLeft(phases, now).some(({ from }) => from === null || Date.parse(from) <= now)
  )
}

function opensText(
  { words, date, countdown }: Language,
  opensAt: Time,
  nowMs: number | null,
  zone: string | null,
): string {
  const leftMs = nowMs === null ? Infinity : Date.parse(opensAt) - nowMs
  // Further away, the day says more than the hours.
  return leftMs < ONE_DAY_MS
    ? words.opensIn(countdown(Math.max(0, Math.ceil(leftMs / 1_000))))
    : words.opensAt(date(opensAt, zone))
}
