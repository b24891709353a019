import { setTimeout as sleep } from "node:timers/promises"
import { takesWrites, type Database } from "../pool.ts"
import { migrationStates } from "./schema.ts"

const READY_WITHIN_MS = 2_000

/** True when the database answers in time, takes writes, has every migration, and a synchronous standby if one is required. */
export async function isReady({ views, synchrony }: Pick<Database, "views" | "synchrony">): Promise<boolean> {
  const found = Promise.all([takesWrites(views), migrationStates(views)]).then(
    ([isWritable, migrations]) =>
      isWritable &&
      synchrony?.isMet() !== false &&
      migrations.every((migration) => migration.executedAt !== null),
    () => false,
  )
  return Promise.race([found, sleep(READY_WITHIN_MS, false, { ref: false })])
}
