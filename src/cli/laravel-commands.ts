import type { Command } from "commander"
import { printError } from "./output.ts"

/** What the commands do whose names in Laravel are other ones. */
export interface LaravelCommands {
  readonly work: () => Promise<void>
  readonly seed: () => Promise<void>
}

/**
 * Adds the commands that the founding documents start the background work and seed the database with:
 * `queue:work`, `schedule:work` and `db:seed`. They run `worker` and `seed`, say so on standard error, and ignore
 * Laravel's arguments (`queue:work database --tries=3`, `db:seed --class=ProductSeeder`). Help does not list them.
 */
export function addLaravelCommands(program: Command, { work, seed }: LaravelCommands): void {
  const commands = [
    ["queue:work", "worker", work],
    ["schedule:work", "worker", work],
    ["db:seed", "seed", seed],
  ] as const
  for (const [name, ownName, run] of commands) {
    program
      .command(name, { hidden: true })
      .description(`another name for ${ownName}`)
      .argument("[words...]")
      .allowUnknownOption()
      .action(async (words: readonly string[]) => {
        const ignored = words.length === 0 ? "" : `; "${words.join(" ")}" has no effect here`
        printError(`${name} runs "doorbuster ${ownName}"${ignored}.`)
        await run()
      })
  }
}
