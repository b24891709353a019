import { randomInt } from "node:crypto"
import { Option, type Command } from "commander"
import { readConfig } from "../config/read-config.ts"
import { planNames } from "../simulator/plan.ts"
import { UsageError } from "../base/command-errors.ts"
import { faultNames, type FaultName } from "../proof/rehearsal/fault-names.ts"
import type { SeedOptions } from "./seed.ts"
import type { SimulatorOptions } from "./simulator.ts"
import {
  CHILD_COMMAND,
  databaseUrl,
  LARGEST_SEED,
  SEED_STOCK,
  serverUrl,
  serverUrls,
  wholeNumber,
} from "./option-values.ts"
import { MOST_VARIANTS } from "../domain/variant.ts"

// One function for each command: its options, their limits, and what it runs. What it runs is loaded when it runs: a
// command that needs no server should not wait for one to be loaded.

interface JsonOption {
  readonly json: boolean
}

function jsonOption(): Option {
  return new Option("--json", "print one JSON document for programs").default(false)
}

/** Exit status 1: the command ran, and a check failed. */
function failUnless(isGood: boolean): void {
  if (!isGood) process.exitCode = 1
}

interface ServeOptions {
  readonly port?: string
  readonly host?: string
  readonly processes?: string
  readonly worker: boolean
  readonly migrate: boolean
  readonly pretty: boolean
}

function noMigrateOption(): Option {
  return new Option("--no-migrate", "change no schema, and refuse one that is too old or too new")
}

const PRETTY = "log readable lines in place of JSON (LOG_FORMAT)"

function formatOf(pretty: boolean): Record<string, string> {
  return pretty ? { LOG_FORMAT: "pretty" } : {}
}

/** Adds `serve`. */
export function addServe(program: Command): void {
  program
    .command("serve")
    .description("serve HTTP and run the background work")
    .option("--port <port>", "port to listen on, 0 for any free one (PORT)")
    .option("--host <host>", "address to listen on (HOST)")
    .option("--processes <count>", "processes that share the port, or auto: one for each core (PROCESSES)")
    .option("--no-worker", "leave the background work to another process")
    .addOption(noMigrateOption())
    .option("--pretty", PRETTY, false)
    .action(async ({ port, host, processes, pretty, ...options }: ServeOptions) => {
      const given = { PORT: port, HOST: host, PROCESSES: processes, ...formatOf(pretty) }
      const config = readConfig({ options: given })
      const { serve } = await import("./serve.ts")
      await serve(config, options)
    })
}

/** Adds the hidden command with which `serve --processes` starts its children. */
export function addServeChild(program: Command): void {
  program
    .command(CHILD_COMMAND, { hidden: true })
    .description("serve as one of several processes; started by serve --processes only")
    .action(async () => (await import("./serve-child.ts")).serveAsChild())
}

/** Adds `worker`. */
export function addWorker(program: Command): void {
  program
    .command("worker")
    .description("run the background work only; any number may run")
    .addOption(noMigrateOption())
    .option("--pretty", PRETTY, false)
    .action(async ({ pretty, ...options }: Pick<ServeOptions, "migrate" | "pretty">) =>
      (await import("./worker.ts")).work(readConfig({ options: formatOf(pretty) }), options),
    )
}

type SimulatorArguments = Omit<SimulatorOptions, "seed"> & { readonly seed?: number }

/** Adds `simulator`. */
export function addSimulator(program: Command): void {
  program
    .command("simulator")
    .description("run a payment provider for tests and rehearsals; open mode only")
    .option("--port <port>", "port to listen on, 0 for any free one", wholeNumber(0, 65_535), 8100)
    .option("--target <url>", "server that receives the webhooks", serverUrl, "http://127.0.0.1:8000")
    .addOption(
      new Option(
        "--plan <plan>",
        "calm: payments wait for a request, and webhooks arrive once and in order; wild: results, disputes and delivery faults come by chance",
      )
        .choices(planNames)
        .default("calm"),
    )
    .option(
      "--seed <number>",
      "with --plan wild: make the same random choices as the run that logged this seed",
      wholeNumber(0, LARGEST_SEED),
    )
    .action(async ({ seed = randomInt(LARGEST_SEED), ...options }: SimulatorArguments) => {
      const { simulate } = await import("./simulator.ts")
      await simulate(readConfig(), { ...options, seed })
    })
}

/** Adds `migrate`. */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("bring the schema up to date")
    .addOption(jsonOption())
    .argument(
      "[status]",
      "the word status: list the migrations that the database has and lacks, change nothing",
    )
    .option("--seed", "create product 1 afterwards, if it does not exist", false)
    .action(async (status: string | undefined, options: JsonOption & { readonly seed: boolean }) => {
      if (status !== undefined && status !== "status")
        throw new UsageError(`migrate takes the argument "status" only, not "${status}"`)
      const { migrateSchema, printSchemaStatus } = await import("./schema.ts")
      if (status === undefined) return migrateSchema(readConfig(), options)
      failUnless(await printSchemaStatus(readConfig(), options))
    })
}

/** Adds `seed`. */
export function addSeed(program: Command): void {
  program
    .command("seed")
    .description("create product 1, if it does not exist")
    .option("--stock <units>", "units of product 1", wholeNumber(1, 1_000_000_000), SEED_STOCK)
    .option("--sizes", "create a shoe in three sizes too, if there is none", false)
    .option("--fresh", "remove every product, hold, order and payment first", false)
    .option("--yes", "let --fresh remove orders and payments", false)
    .addOption(jsonOption())
    .action(async (options: SeedOptions) => (await import("./seed.ts")).seed(readConfig(), options))
}

interface RaceArguments extends JsonOption {
  readonly stock: number
  readonly variants: number
  readonly requests: number
  readonly url: string[]
}

/** Adds `race`. */
export function addRace(program: Command): void {
  program
    .command("race")
    .description(
      "send many requests for few units at once over HTTP and check that exactly those units were sold",
    )
    .alias("test:race")
    .option("--stock <units>", "units on sale", wholeNumber(1, 1_000_000), 10)
    .option(
      "--variants <count>",
      "divide the units among this many variants, some of them requested more than others; a third of the requests are baskets",
      wholeNumber(0, MOST_VARIANTS),
      0,
    )
    .option("--requests <count>", "requests sent at once", wholeNumber(1, 1_000_000), 30)
    .option(
      "--url <url>",
      "a running server; repeatable. Without it the command starts one for the race",
      serverUrls,
      [],
    )
    .addOption(jsonOption())
    .action(async ({ url, ...options }: RaceArguments) => {
      const { race } = await import("./race.ts")
      failUnless(await race(readConfig(), { ...options, urls: url }))
    })
}

interface RehearseArguments extends JsonOption {
  readonly crowd: number
  readonly stock?: number
  readonly rush?: number
  readonly servers: number
  readonly chaos?: true | FaultName[]
  readonly seed?: number
  readonly database?: string
  readonly html?: string
}

/** Adds `rehearse`. */
export function addRehearse(program: Command): void {
  program
    .command("rehearse")
    .description("rehearse a whole sale with faults of servers, database and network, and check the result")
    .option("--crowd <visitors>", "number of visitors", wholeNumber(1, 1_000_000), 5_000)
    .option(
      "--stock <units>",
      "units on sale; one for every twenty visitors if not given",
      wholeNumber(1, 1_000_000),
    )
    .option("--rush <seconds>", "time within which all visitors arrive", wholeNumber(1, 3_600))
    .option("--servers <count>", "servers that share the database", wholeNumber(1, 8), 2)
    .addOption(
      new Option(
        "--chaos [faults...]",
        `faults to inject during the sale: ${faultNames.join(", ")}; all of them if none is named`,
      ).choices(faultNames),
    )
    .option(
      "--seed <number>",
      "make the same random choices as the rehearsal that printed this seed",
      wholeNumber(0, LARGEST_SEED),
    )
    .option(
      "--database <url>",
      "rehearse on this database: migrates it and leaves its rows in it; without it, on a new one that is removed afterwards",
      databaseUrl,
    )
    .option("--html <file>", "write the report as a page, too")
    .addOption(jsonOption())
    .action(async (options: RehearseArguments) => {
      const { rehearse } = await import("./rehearse.ts")
      failUnless(await rehearse(readConfig(), rehearseOptions(options)))
    })
}

function rehearseOptions({ seed = randomInt(LARGEST_SEED), chaos = [], ...options }: RehearseArguments) {
  return {
    ...options,
    stock: options.stock ?? null,
    rushSeconds: options.rush ?? null,
    faults: chaos === true ? faultNames : chaos,
    areNamed: chaos !== true,
    seed,
    database: options.database ?? null,
    html: options.html ?? null,
  }
}

/** Adds `holds:release-expired`. */
export function addReleaseExpired(program: Command): void {
  program
    .command("holds:release-expired")
    .description("expire every hold and unpaid order whose time is over, once")
    .addOption(jsonOption())
    .action(async (options: JsonOption) => {
      const { releaseExpired } = await import("./release-expired.ts")
      await releaseExpired(readConfig(), options)
    })
}

/** Adds `verify`. */
export function addVerify(program: Command): void {
  program
    .command("verify")
    .description("recount every product from its rows and check the invariants that rows can show")
    .addOption(jsonOption())
    .action(async (options: JsonOption) => {
      const { printVerification } = await import("./verify.ts")
      failUnless(await printVerification(readConfig(), options))
    })
}

/** Adds `bench`, whose options the benchmark itself parses. */
export function addBench(program: Command): void {
  program
    .command("bench")
    .description("measure Doorbuster on this machine, beside other ways of holding units")
    .helpOption(false)
    .allowUnknownOption()
    .argument("[options...]")
    .action(async (options: string[]) => failUnless(await (await import("./bench.ts")).bench(options)))
}

/** Adds `doctor`. */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check the installation")
    .option("--customer-token <token>", "check this Customer-Token too")
    .addOption(jsonOption())
    .action(async (options: JsonOption & { readonly customerToken?: string }) => {
      const { doctor } = await import("./doctor.ts")
      failUnless(await doctor(readConfig(), options))
    })
}
