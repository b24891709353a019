import { randomInt } from "node:crypto"
import { Command, CommanderError, InvalidArgumentError, Option } from "commander"
import { readConfig } from "../config/config.ts"
import { faultNames, type FaultName } from "../proof/rehearsal/chaos.ts"
import { planNames } from "../simulator/plan.ts"
import { DatabaseUrlError, readDatabaseUrl } from "../base/database-url.ts"
import { version } from "../base/version.ts"
import { bench } from "./bench.ts"
import { doctor } from "./doctor.ts"
import { UsageError } from "../base/command-errors.ts"
import { explain } from "./exit.ts"
import { addLaravelCommands } from "./laravel-commands.ts"
import { printError, surviveLostOutput } from "./output.ts"
import { race } from "./race.ts"
import { rehearse } from "./rehearse.ts"
import { releaseExpired } from "./release-expired.ts"
import { migrateSchema, printSchemaStatus } from "./schema.ts"
import { seed, SEED_STOCK, type SeedOptions } from "./seed.ts"
import { CHILD_COMMAND } from "./serve-many.ts"
import { serve } from "./serve.ts"
import { serveAsChild } from "./serve-child.ts"
import { simulate, type SimulatorOptions } from "./simulator.ts"
import { printVerification } from "./verify.ts"
import { work } from "./worker.ts"

/** Runs one command. Exit status: 0 ok, 1 a check failed, 2 wrong usage. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  surviveLostOutput()
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    const { status, line } = explain(error)
    printError(line ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)))
    process.exitCode = status
  }
}

interface ServeOptions {
  readonly port?: string
  readonly host?: string
  readonly processes?: string
  readonly worker: boolean
}

type Seedless = Omit<SimulatorOptions, "seed"> & { readonly seed?: number }

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

/** A seed is a whole number of 32 bits. */
const LARGEST_SEED = 4_294_967_295

interface JsonOption {
  json: boolean
}

/** The command line as it is: every command with its options. */
export function createProgram(): Command {
  const program = new Command("doorbuster")
    .description("Sells a limited number of units to a crowd that arrives all at once, exactly.")
    .version(version)
    .exitOverride()
    .showHelpAfterError()

  const command = (name: string, description: string) => program.command(name).description(description)
  const json = () => new Option("--json", "print one JSON document for programs").default(false)

  command("serve", "serve HTTP and run the background work")
    .option("--port <port>", "port to listen on, 0 for any free one (PORT)")
    .option("--host <host>", "address to listen on (HOST)")
    .option("--processes <count>", "processes that share the port, or auto: one for each core (PROCESSES)")
    .option("--no-worker", "leave the background work to another process")
    .action((options: ServeOptions) =>
      serve(
        readConfig({ options: { PORT: options.port, HOST: options.host, PROCESSES: options.processes } }),
        options,
      ),
    )

  program
    .command(CHILD_COMMAND, { hidden: true })
    .description("one process of serve --processes, which starts it")
    .action(serveAsChild)

  command("worker", "run the background work only; any number may run").action(() => work(readConfig()))

  command("simulator", "a payment provider for tests and rehearsals, in open mode only")
    .option("--port <port>", "port to listen on, 0 for any free one", wholeNumber(0, 65_535), 8100)
    .option("--target <url>", "the server that receives the webhooks", serverUrl, "http://127.0.0.1:8000")
    .addOption(
      new Option("--plan <plan>", "wild: payments go their own ways, and webhooks come as they like")
        .choices(planNames)
        .default("calm"),
    )
    .option("--seed <number>", "repeats the courses of another run", wholeNumber(0, LARGEST_SEED))
    .action(({ seed = randomInt(LARGEST_SEED), ...options }: Seedless) =>
      simulate(readConfig(), { ...options, seed }),
    )

  command("migrate", "bring the schema up to date")
    .addOption(json())
    .argument("[status]", "print what the database has and lacks instead")
    .option("--seed", "offer product 1 afterwards, if it is not there", false)
    .action(async (status: string | undefined, options: JsonOption & { readonly seed: boolean }) => {
      if (status === undefined) return migrateSchema(readConfig(), options)
      if (status !== "status") throw new UsageError(`migrate knows "status", not "${status}"`)
      failUnless(await printSchemaStatus(readConfig(), options))
    })

  command("seed", "offer product 1, if it is not there")
    .option("--stock <units>", "units of product 1", wholeNumber(1, 1_000_000_000), SEED_STOCK)
    .option("--fresh", "remove every product, hold, order and payment first", false)
    .option("--yes", "also where that removes orders and payments", false)
    .addOption(json())
    .action((options: SeedOptions) => seed(readConfig(), options))

  command("race", "let a crowd fight for a few units over HTTP and check that exactly those were sold")
    .alias("test:race")
    .option("--stock <units>", "units on offer", wholeNumber(1, 1_000_000), 10)
    .option("--requests <count>", "requests at once", wholeNumber(1, 1_000_000), 30)
    .option(
      "--url <url>",
      "a running server; repeatable. Without it one is started for the race",
      collect,
      [],
    )
    .addOption(json())
    .action(async (options: { stock: number; requests: number; url: string[]; json: boolean }) =>
      failUnless(await race(readConfig(), { ...options, urls: options.url })),
    )

  command("rehearse", "act out a whole sale with everything going wrong, and judge it")
    .option("--crowd <visitors>", "how many come", wholeNumber(1, 1_000_000), 5_000)
    .option(
      "--stock <units>",
      "units on offer; one for twenty visitors if not given",
      wholeNumber(1, 1_000_000),
    )
    .option("--rush <seconds>", "in which all of them come", wholeNumber(1, 3_600))
    .option("--servers <count>", "servers that share the database", wholeNumber(1, 8), 2)
    .addOption(
      new Option(
        "--chaos [faults...]",
        `faults while they buy: ${faultNames.join(", ")}; all of them if none is named`,
      ).choices(faultNames),
    )
    .option("--seed <number>", "repeats another rehearsal", wholeNumber(0, LARGEST_SEED))
    .option("--database <url>", "act it out there and leave it; a fresh one if not given", databaseUrl)
    .option("--html <file>", "write the report as a page, too")
    .addOption(json())
    .action(async ({ seed = randomInt(LARGEST_SEED), chaos = [], ...options }: RehearseArguments) =>
      failUnless(
        await rehearse(readConfig(), {
          ...options,
          stock: options.stock ?? null,
          rushSeconds: options.rush ?? null,
          faults: chaos === true ? faultNames : chaos,
          areNamed: chaos !== true,
          seed,
          database: options.database ?? null,
          html: options.html ?? null,
        }),
      ),
    )

  command("holds:release-expired", "end everything whose time is over, once")
    .addOption(json())
    .action((options: JsonOption) => releaseExpired(readConfig(), options))

  command("verify", "recount every product from its rows and check every invariant")
    .addOption(json())
    .action(async (options: JsonOption) => failUnless(await printVerification(readConfig(), options)))

  command("bench", "measure it on this machine, beside other ways of holding units")
    .helpOption(false)
    .allowUnknownOption()
    .argument("[options...]")
    .action(async (options: string[]) => failUnless(await bench(options)))

  command("doctor", "check the installation")
    .addOption(json())
    .action(async (options: JsonOption) => failUnless(await doctor(readConfig(), options)))

  addLaravelCommands(program, {
    work: () => work(readConfig()),
    seed: () => seed(readConfig(), { stock: SEED_STOCK, fresh: false, yes: false, json: false }),
  })
  return program
}

function failUnless(isGood: boolean): void {
  if (!isGood) process.exitCode = 1
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`)
  }
}

function collect(value: string, before: string[]): string[] {
  return [...before, serverUrl(value)]
}

/** Throws {@link UsageError}, because commander would print the value, and with it the password. */
function databaseUrl(value: string): string {
  try {
    if (readDatabaseUrl(value).servers.length === 1) return value
  } catch (error) {
    if (error instanceof DatabaseUrlError) throw new UsageError(`--database may hold only ${error.message}`)
    throw error
  }
  throw new UsageError("--database may name only one server")
}

function serverUrl(value: string): string {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value))
    throw new InvalidArgumentError("must be an http(s) URL.")
  return value.replace(/\/$/, "")
}
