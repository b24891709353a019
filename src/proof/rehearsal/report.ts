import { decimalAmount } from "../../domain/money.ts"
import { faultNames, faultTexts } from "./chaos.ts"
import type { Check } from "./judge.ts"
import type { Question } from "./ledger.ts"
import type { Rehearsal } from "./rehearse.ts"

/** The result as one JSON document. Times in milliseconds, money in minor units. */
export function reportWire(rehearsal: Rehearsal) {
  const { script, ledger, faults, undersell, counts, checks, crowdGoneMs, settledMs } = rehearsal
  return {
    ok: passes(rehearsal),
    seed: script.seed,
    script: {
      crowd: script.crowd,
      stock: script.stock,
      rush_ms: script.rushMs,
      servers: script.servers,
      chaos: script.faults,
    },
    crowd_gone_ms: crowdGoneMs,
    settled_ms: settledMs,
    ...counts,
    answers: Object.fromEntries(
      [...ledger.answers].map(([question, codes]) => [question, Object.fromEntries(codes)]),
    ),
    waits_ms: Object.fromEntries(
      [...ledger.waits.keys()].map((question) => [question, waitsOf(rehearsal, question)]),
    ),
    unanswered: Object.fromEntries(ledger.failures),
    faults: faults.map(({ name, atMs }) => ({ name, at_ms: atMs })),
    undersell,
    checks: checks.map(({ name, wrong }) => ({ name, ok: wrong.length === 0, wrong })),
  }
}

/** True when nothing is wrong. */
export function passes({ checks }: Pick<Rehearsal, "checks">): boolean {
  return checks.every(({ wrong }) => wrong.length === 0)
}

/** The result as a page of text. */
export function reportLines(rehearsal: Rehearsal): string[] {
  const { script, ledger, counts, checks, crowdGoneMs, settledMs } = rehearsal
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  return [
    `A sale of ${script.stock} units for ${script.crowd} visitors, seed ${script.seed}`,
    "",
    `Sold ${counts.sold} of ${counts.stock}, ${counts.left} left. The crowd was gone after ${seconds(crowdGoneMs)}, the last payment settled after ${seconds(settledMs)}.`,
    `Orders: ${listed(counts.orders)}. Holds: ${listed(counts.holds)}.`,
    `Money: ${money(counts.captured_minor)} came in, ${money(counts.refunded_minor)} went back.`,
    "",
    "asked     answered",
    ...[...ledger.answers].map(
      ([question, codes]) => `${question.padEnd(9)} ${listed(Object.fromEntries(codes))}`,
    ),
    "",
    "waited    p50        p99        longest",
    ...[...ledger.waits.keys()].map((question) => {
      const { p50, p99, max } = waitsOf(rehearsal, question)
      return `${question.padEnd(9)} ${[p50, p99, max].map((ms) => `${ms} ms`.padEnd(10)).join(" ")}`
    }),
    "",
    ...faultLines(rehearsal),
    ...checks.flatMap(checkLines),
    "",
    passes(rehearsal) ? "Verdict: PASS" : "Verdict: FAIL",
  ]
}

const MOST_LISTED = 10

function checkLines({ name, wrong }: Check): string[] {
  const lines = [`${wrong.length === 0 ? "ok " : "BAD"}  ${name}`]
  for (const what of wrong.slice(0, MOST_LISTED)) lines.push(`       ${what}`)
  if (wrong.length > MOST_LISTED) lines.push(`       and ${wrong.length - MOST_LISTED} more`)
  return lines
}

function faultLines({ faults, ledger }: Rehearsal): string[] {
  const unanswered = [...ledger.failures.values()].reduce((sum, count) => sum + count, 0)
  if (faults.length === 0 && unanswered === 0) return []
  return [
    "on purpose, or because of it",
    ...faultNames.flatMap((name) => {
      const times = faults.filter((fault) => fault.name === name).length
      return times === 0 ? [] : [`${String(times).padStart(4)} ×  ${faultTexts[name]}`]
    }),
    ...(unanswered === 0
      ? []
      : [
          `${String(unanswered).padStart(4)} ×  nobody answered, and the visitor asked again: ${listed(Object.fromEntries(ledger.failures))}`,
        ]),
    "",
  ]
}

/** How long visitors waited for an answer, their repetitions included, in milliseconds. */
export function waitsOf({ ledger }: Rehearsal, question: Question) {
  const histogram = ledger.waits.get(question)
  const ms = (microseconds: number) => Math.round(microseconds / 100) / 10
  return {
    p50: ms(histogram?.percentile(50) ?? 0),
    p99: ms(histogram?.percentile(99) ?? 0),
    max: ms(histogram?.max ?? 0),
  }
}

/** `3 paid, 1 cancelled`. */
export function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
  return entries.length === 0 ? "none" : entries.map(([what, count]) => `${count} ${what}`).join(", ")
}

/** All of it is in one currency. */
export function money(minor: number): string {
  return `${decimalAmount(minor, "EUR")} EUR`
}
