import type { Command } from "commander"
import { readConfig } from "../config/read-config.ts"
import { printError } from "./output.ts"
import { SEED_STOCK } from "./option-values.ts"

const runWorker = async () => (await import("./worker.ts")).work(readConfig(), { migrate: true })
const runSeed = async () => {
  const { seed } = await import("./seed.ts")
  await seed(readConfig(), { stock: SEED_STOCK, fresh: false, sizes: false, yes: false, json: false })
}

const commands = [
  ["queue:work", "worker", runWorker],
  ["schedule:work", "worker", runWorker],
  ["db:seed", "seed", runSeed],
] as const

/**
 * Adds the commands with which the founding documents start the background work and seed the database: `queue:work`,
 * `schedule:work` and `db:seed`. They run `worker` and `seed`, say so on standard error, and ignore Laravel's arguments
 * (`queue:work database --tries=3`, `db:seed --class=ProductSeeder`). The help does not list them.
 */
export function addLaravelCommands(program: Command): void {
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
