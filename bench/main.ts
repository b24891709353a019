import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describeMachine } from "./machine.ts"
import { BadOption, readOptions, trialNames, usage, type Options } from "./options.ts"
import { full, quick } from "./run-settings.ts"
import { picture } from "./report/picture.ts"
import { table } from "./report/table.ts"
import type { Row } from "./row.ts"
import { WrongResult } from "./runs.ts"
import { scenarios, type ScenarioName } from "./scenarios.ts"
import { createFleet, reasonToSkip, type Fleet } from "./servers/fleet.ts"
import { createWorkspace, type PreparedWorkspace } from "./servers/workspace.ts"
import type { ServerName } from "./servers/server.ts"
import { aged } from "./trials/aged.ts"
import { closedLoop } from "./trials/closed-loop.ts"
import { details } from "./trials/details.ts"
import { drop } from "./trials/drop.ts"
import { openLoop } from "./trials/open-loop.ts"
import { overload } from "./trials/overload.ts"
import { processes } from "./trials/processes.ts"
import type { Bench } from "./trials/trial.ts"
import { variants } from "./trials/variants.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Returns the exit status. 0: all figures are valid; 1: a server responded wrongly; 2: wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv)
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const workspace = await createWorkspace(process.env["DATABASE_URL"])
  const fleet = createFleet(workspace)
  const clearUp = async () => {
    await fleet.stop()
    await workspace.clear()
  }
  const giveUp = () => void clearUp().finally(() => process.exit(1))
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, giveUp)
  // The reader of the output has closed it, for example `head`.
  process.stdout.once("error", giveUp)
  try {
    return await measure(workspace, fleet, options)
  } finally {
    await clearUp()
  }
}

async function measure(workspace: PreparedWorkspace, fleet: Fleet, options: Options): Promise<number> {
  const machine = { ...describeMachine(workspace.postgres), command: commandLine() }
  const rows: Row[] = []
  const bench = createBench(workspace, fleet, options, rows)
  try {
    for (const name of chosenTrials(options)) await trial(bench, name, options)
    const problems = await fleet.verify()
    if (problems.length > 0) throw new WrongResult(problems.join("\n"))
  } catch (error) {
    if (!(error instanceof WrongResult)) throw error
    process.stderr.write(`\nNo figures, because a server gave a wrong result: ${error.message}\n`)
    return 1
  }
  if (!options.json) {
    process.stdout.write(`\n${table(rows)}\n\n`)
    for (const [name, value] of Object.entries(machine)) process.stdout.write(`${name}: ${value}\n`)
  }
  if (options.save) await save(rows, machine)
  return 0
}

/** The trials that --quick leaves out: each takes minutes. */
const longTrials: ReadonlySet<string> = new Set(["open-loop", "overload", "processes", "aged"])

function chosenTrials({ only, quick }: Options): readonly string[] {
  if (only !== null) return trialNames.filter((name) => only.includes(name))
  return quick ? trialNames.filter((name) => !longTrials.has(name)) : trialNames
}

async function trial(bench: Bench, name: string, options: Options): Promise<void> {
  switch (name) {
    case "variants":
      return variants(bench)
    case "details":
      return details(bench)
    case "drop":
      return drop(bench)
    case "overload":
      return overload(bench)
    case "processes":
      return processes(bench)
    case "aged":
      return aged(bench)
    case "open-loop":
      for (const scenario of ["holds", "refusals", "reads", "checkout", "many"] as const) {
        if (!chosenTrials(options).includes(scenario)) continue
        const isHolds = scenario === "holds"
        const rounds = isHolds ? bench.settings.openLoop.rounds : 1
        await openLoop(bench, scenario, { rounds, beside: isHolds ? ["echo"] : [] })
      }
      return
    default:
      return closedLoop(bench, name as ScenarioName)
  }
}

/** The servers that --quick compares with: the upper limit, the textbook algorithm and Redis. */
const quickServers: readonly string[] = ["echo", "lock-per-request", "redis-lua-always"]

function createBench(workspace: PreparedWorkspace, fleet: Fleet, options: Options, rows: Row[]): Bench {
  const basic = options.quick ? quick : full
  const wanted = options.servers ?? (options.quick ? quickServers : null)
  return {
    workspace,
    settings: {
      ...basic,
      rounds: options.rounds ?? basic.rounds,
      seconds: options.seconds ?? basic.seconds,
    },
    server: (name) => fleet.server(name),
    isWanted(name: ServerName) {
      const missing = reasonToSkip(name)
      if (missing !== null) process.stderr.write(`Skipped ${name}: ${missing}\n`)
      return missing === null && (name === "doorbuster" || wanted === null || wanted.includes(name))
    },
    scenario(name) {
      const found = scenarios.find((scenario) => scenario.name === name)
      if (found === undefined) throw new Error(`there is no scenario ${name}`)
      const isShort = options.quick && name !== "holds"
      return isShort ? { ...found, servers: ["doorbuster", "echo"] } : found
    },
    progress(line) {
      if (process.stderr.isTTY || !options.json) process.stderr.write(`${line}\n`)
    },
    record(found) {
      rows.push(...found)
      if (options.json) for (const row of found) process.stdout.write(`${JSON.stringify(row)}\n`)
    },
  }
}

function commandLine(): string {
  return ["npm run bench --", ...process.argv.slice(2)].join(" ").replace(/ --$/, "")
}

async function save(rows: readonly Row[], machine: Record<string, string | number>): Promise<void> {
  const directory = join(root, "bench/results")
  await mkdir(directory, { recursive: true })
  const lines = [machine, ...rows].map((line) => `${JSON.stringify(line)}\n`)
  const name = `${machine["date"]}-${String(machine["commit"]).split(" ")[0]}.ndjson`
  await writeFile(join(directory, name), lines.join(""))
  await writeFile(join(root, "docs/internals/performance.svg"), picture(rows, machine))
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BadOption)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
