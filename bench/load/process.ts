import { once } from "node:events"
import type { LoadPlan } from "./plan.ts"
import { runLoad } from "./loads.ts"

// The load process: takes one plan from its parent, carries it out, sends what it saw, ends. Without its parent
// nobody wants to know.
const onOrphaned = () => process.exit(1)
process.once("disconnect", onOrphaned)
const [plan] = (await once(process, "message")) as [LoadPlan]
const result = await runLoad(plan)
process.send?.(result, undefined, undefined, () => {
  process.off("disconnect", onOrphaned)
  process.disconnect?.()
})
