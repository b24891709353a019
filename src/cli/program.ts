import { Command, CommanderError } from "commander"
import { version } from "../base/version.ts"
import {
  addBench,
  addDoctor,
  addMigrate,
  addRace,
  addRehearse,
  addReleaseExpired,
  addSeed,
  addServe,
  addServeChild,
  addSimulator,
  addVerify,
  addWorker,
} from "./commands.ts"
import { addSignCustomer } from "./customer-commands.ts"
import { addLaravelCommands } from "./laravel-commands.ts"
import { addOperators } from "./operator-commands.ts"
import { printError, surviveLostOutput } from "./output.ts"

/** Runs one command. Sets the exit status: 0 success, 1 failure or a failed check, 2 wrong usage. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  surviveLostOutput()
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2
      return
    }
    const { explain } = await import("./exit.ts")
    const { status, line } = explain(error)
    printError(line ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)))
    process.exitCode = status
  }
}

/** The command line: every command with its options, in the order in which the help lists them. */
export function createProgram(): Command {
  const program = new Command("doorbuster")
    .description(
      "Sells a limited number of units to a crowd that arrives all at once, and never one too many.",
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError()
  addServe(program)
  addServeChild(program)
  addWorker(program)
  addSimulator(program)
  addMigrate(program)
  addOperators(program)
  addSeed(program)
  addRace(program)
  addRehearse(program)
  addReleaseExpired(program)
  addVerify(program)
  addBench(program)
  addDoctor(program)
  addSignCustomer(program)
  addLaravelCommands(program)
  return program
}
