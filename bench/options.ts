import { parseArgs } from "node:util"
import { scenarios } from "./scenarios.ts"
import { serverNames } from "./servers/server.ts"

/** The command-line options. */
export interface Options {
  readonly help: boolean
  readonly quick: boolean
  readonly json: boolean
  readonly save: boolean
  /** The trials to run; null for all. */
  readonly only: readonly string[] | null
  /** The servers to compare with; null for the default ones. */
  readonly servers: readonly string[] | null
  readonly rounds: number | null
  readonly seconds: number | null
}

/** An invalid command line; the message says what is wrong. */
export class BadOption extends Error {}

/** The trials, in the order in which each finds the figures that it needs. */
export const trialNames: readonly string[] = [
  ...scenarios.map(({ name }) => name),
  "variants",
  "details",
  "drop",
  "open-loop",
  "overload",
  "processes",
  "aged",
]

export const usage = `Usage: doorbuster bench [options]

Measures Doorbuster and other implementations of holds on this machine, in alternating rounds.

  --quick             a short run of about 45 seconds; without it about 25 minutes
  --json              print JSON rows {scenario, server, per_second, p50_ms, p99_ms, ratio_to, …}, one per line
  --only <a,b>        run only these trials: ${trialNames.join(", ")}
  --servers <a,b>     compare doorbuster only with these: ${serverNames.slice(7).join(", ")}
  --rounds <n>        number of alternating rounds of each scenario
  --seconds <n>       length of each measured run
  --save              write bench/results/*.ndjson and docs/internals/performance.svg

DATABASE_URL names a PostgreSQL server to use in place of the embedded one. The benchmark creates its own databases
there and drops them at the end.
`

/** Reads the command line. Throws {@link BadOption}. */
export function readOptions(argv: readonly string[]): Options {
  const values = parsed(argv)
  return {
    ...values,
    only: list("only", values.only, trialNames),
    servers: list("servers", values.servers, serverNames),
    rounds: number("rounds", values.rounds, 100),
    seconds: number("seconds", values.seconds, 600),
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        save: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        only: { type: "string" },
        servers: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
      },
    }).values
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error))
  }
}

function list(name: string, given: string | undefined, known: readonly string[]): string[] | null {
  if (given === undefined) return null
  const names = given.split(",")
  const unknown = names.find((one) => !known.includes(one))
  if (unknown === undefined) return names
  throw new BadOption(`--${name} holds "${unknown}" and may hold only ${known.join(", ")}`)
}

function number(name: string, given: string | undefined, most: number): number | null {
  if (given === undefined) return null
  const value = Number(given)
  if (Number.isFinite(value) && value > 0 && value <= most) return value
  throw new BadOption(`--${name} holds "${given}" and may hold only a number above 0 and up to ${most}`)
}
