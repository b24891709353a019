import { decimalAmount } from "../../domain/money.ts"
import { faultNames, faultTexts } from "./fault-names.ts"
import type { Check } from "./judge.ts"
import type { RequestKind } from "./visit-log.ts"
import type { Rehearsal } from "./rehearse.ts"

/** The report as one JSON document. Times in milliseconds, money in minor units. */
export function reportWire(rehearsal: Rehearsal) {
  const { script, visitLog, faults, undersell, counts, checks, crowdGoneMs, settledMs } = rehearsal
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
      [...visitLog.answers].map(([kind, codes]) => [kind, Object.fromEntries(codes)]),
    ),
    waits_ms: Object.fromEntries([...visitLog.waits.keys()].map((kind) => [kind, waitsOf(rehearsal, kind)])),
    unanswered: Object.fromEntries(visitLog.failures),
    faults: faults.map(({ name, atMs }) => ({ name, at_ms: atMs })),
    undersell,
    checks: checks.map(({ name, wrong }) => ({ name, ok: wrong.length === 0, wrong })),
  }
}

/** True when every check passed. */
export function passes({ checks }: Pick<Rehearsal, "checks">): boolean {
  return checks.every(({ wrong }) => wrong.length === 0)
}

/** The report as lines of text. */
export function reportLines(rehearsal: Rehearsal): string[] {
  const { script, visitLog, counts, checks, crowdGoneMs, settledMs } = rehearsal
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  return [
    `A sale of ${script.stock} units for ${script.crowd} visitors, seed ${script.seed}`,
    "",
    `Sold ${counts.sold} of ${counts.stock}, ${counts.left} left. The last visit ended after ${seconds(crowdGoneMs)}, the last payment was settled after ${seconds(settledMs)}.`,
    `Of the sizes: ${counts.variants.map(({ name, sold, stock }) => `${name} ${sold} of ${stock}`).join(", ")}.`,
    `Orders: ${listed(counts.orders)}. Holds: ${listed(counts.holds)}.`,
    `Money: ${money(counts.captured_minor)} received, ${money(counts.refunded_minor)} refunded.`,
    "",
    "request   answers",
    ...[...visitLog.answers].map(([kind, codes]) => `${kind.padEnd(9)} ${listed(Object.fromEntries(codes))}`),
    "",
    "waited    p50        p99        longest",
    ...[...visitLog.waits.keys()].map((kind) => {
      const { p50, p99, max } = waitsOf(rehearsal, kind)
      return `${kind.padEnd(9)} ${[p50, p99, max].map((ms) => `${ms} ms`.padEnd(10)).join(" ")}`
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

function faultLines({ faults, visitLog }: Rehearsal): string[] {
  const unanswered = [...visitLog.failures.values()].reduce((sum, count) => sum + count, 0)
  if (faults.length === 0 && unanswered === 0) return []
  return [
    "deliberate faults, and their effect",
    ...faultNames.flatMap((name) => {
      const times = faults.filter((fault) => fault.name === name).length
      return times === 0 ? [] : [`${String(times).padStart(4)} ×  ${faultTexts[name]}`]
    }),
    ...(unanswered === 0
      ? []
      : [
          `${String(unanswered).padStart(4)} ×  no answer, and the visitor repeated the request: ${listed(Object.fromEntries(visitLog.failures))}`,
        ]),
    "",
  ]
}

/** Time until the answer, repetitions included, in milliseconds. */
export function waitsOf({ visitLog }: Rehearsal, kind: RequestKind) {
  const histogram = visitLog.waits.get(kind)
  const ms = (microseconds: number) => Math.round(microseconds / 100) / 10
  return {
    p50: ms(histogram?.percentile(50) ?? 0),
    p99: ms(histogram?.percentile(99) ?? 0),
    max: ms(histogram?.max ?? 0),
  }
}

/** Writes counts as `3 paid, 1 cancelled`. */
export function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
  return entries.length === 0 ? "none" : entries.map(([what, count]) => `${count} ${what}`).join(", ")
}

/** Writes an amount; a rehearsal has one currency. */
export function money(minor: number): string {
  return `${decimalAmount(minor, "EUR")} EUR`
}
