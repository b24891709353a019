import { once } from "node:events"
import type { LoadPlan } from "./plan.ts"
import { runLoad } from "./loads.ts"

// The load process: takes one plan from its parent, carries it out, sends what it saw, ends.
const [plan] = (await once(process, "message")) as [LoadPlan]
const result = await runLoad(plan)
process.send?.(result, undefined, undefined, () => process.disconnect?.())
