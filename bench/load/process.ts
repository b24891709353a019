import { once } from "node:events"
import type { LoadPlan } from "./plan.ts"
import { runLoad } from "./loads.ts"

// The load process: receives one plan from its parent, runs it, sends the results and ends. It also ends when its
// parent does.
const onOrphaned = () => process.exit(1)
process.once("disconnect", onOrphaned)
const [plan] = (await once(process, "message")) as [LoadPlan]
const result = await runLoad(plan)
process.send?.(result, undefined, undefined, () => {
  process.off("disconnect", onOrphaned)
  process.disconnect?.()
})
