import type { Operation } from "./operations.ts"
import type { Verdict } from "./check.ts"

/** The largest number of concurrent operations that are printed. */
const SHOWN = 40

/** The verdict as text: what has no explanation, the operations concerned, and the operations concurrent with them. */
export function explain(verdict: Verdict, operations: readonly Operation[]): string {
  if (verdict.explained)
    return `An order explains all ${operations.length} operations; the search visited ${verdict.statesVisited} states.`
  const concerned = new Set(verdict.operations.map(({ number }) => number))
  const from = verdict.operations.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity)
  const concurrent = operations.filter(
    (operation) =>
      operation.endedAt >= from && operation.startedAt <= verdict.until && !concerned.has(operation.number),
  )
  return [
    `There is no order for the first ${verdict.answered} of ${operations.length} responses, up to ${round(verdict.until)} ms; there is one without the last of them.`,
    `${verdict.reason}:`,
    ...operations.filter(({ number }) => concerned.has(number)).map(lineOf),
    `Concurrent operations${concurrent.length > SHOWN ? ` (the last ${SHOWN} of ${concurrent.length})` : ""}:`,
    ...concurrent.slice(-SHOWN).map(lineOf),
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
