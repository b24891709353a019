import type { Call } from "./calls.ts"
import type { Verdict } from "./check.ts"

/** Calls that are shown. */
const SHOWN = 40

/** The verdict for a person to read: what cannot be explained, the answers concerned, and what went on meanwhile. */
export function explain(verdict: Verdict, calls: readonly Call[]): string {
  if (verdict.explained) return `All ${calls.length} calls can be explained, by ${verdict.steps} situations.`
  const concerned = new Set(verdict.calls.map(({ number }) => number))
  const from = verdict.calls.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity)
  const meanwhile = calls.filter(
    (call) => call.endedAt >= from && call.startedAt <= verdict.until && !concerned.has(call.number),
  )
  return [
    `${verdict.answered} of ${calls.length} calls, up to ${round(verdict.until)} ms, cannot be explained; one answer fewer can.`,
    `${verdict.reason}:`,
    ...calls.filter(({ number }) => concerned.has(number)).map(lineOf),
    `meanwhile${meanwhile.length > SHOWN ? ` (the last ${SHOWN} of ${meanwhile.length})` : ""}:`,
    ...meanwhile.slice(-SHOWN).map(lineOf),
  ].join("\n")
}

function lineOf({ number, startedAt, endedAt, asked, answer }: Call): string {
  return `  #${number} ${round(startedAt)} to ${round(endedAt)}: ${told(asked)} -> ${told(answer)}`
}

function told(value: object): string {
  return JSON.stringify(value).replaceAll('"', "")
}

function round(moment: number): string {
  return moment.toFixed(1)
}
