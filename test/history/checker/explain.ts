import type { Operation } from "./operations.ts"
import type { Verdict } from "./check.ts"

/** Calls that are shown. */
const SHOWN = 40

/** The verdict for a person to read: what cannot be explained, the answers concerned, and what went on meanwhile. */
export function explain(verdict: Verdict, operations: readonly Operation[]): string {
  if (verdict.explained)
    return `All ${operations.length} calls can be explained, by ${verdict.statesVisited} situations.`
  const concerned = new Set(verdict.operations.map(({ number }) => number))
  const from = verdict.operations.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity)
  const meanwhile = operations.filter(
    (operation) =>
      operation.endedAt >= from && operation.startedAt <= verdict.until && !concerned.has(operation.number),
  )
  return [
    `${verdict.answered} of ${operations.length} calls, up to ${round(verdict.until)} ms, cannot be explained; one answer fewer can.`,
    `${verdict.reason}:`,
    ...operations.filter(({ number }) => concerned.has(number)).map(lineOf),
    `meanwhile${meanwhile.length > SHOWN ? ` (the last ${SHOWN} of ${meanwhile.length})` : ""}:`,
    ...meanwhile.slice(-SHOWN).map(lineOf),
  ].join("\n")
}

function lineOf({ number, startedAt, endedAt, invocation, response }: Operation): string {
  return `  #${number} ${round(startedAt)} to ${round(endedAt)}: ${compact(invocation)} -> ${compact(response)}`
}

function compact(value: object): string {
  return JSON.stringify(value).replaceAll('"', "")
}

function round(moment: number): string {
  return moment.toFixed(1)
}
