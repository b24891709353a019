import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

// Runs rehearsals with random faults, one after the other, each with the next seed.
// `npm run test:faults` takes an hour, `npm run test:faults -- --minutes 5` five minutes. It exits with 1 at the
// first rehearsal that fails, and prints the command that repeats it.

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
})
const launcher = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))
/** Units for about half of the buyers, so that units are on sale all the time. */
const sale = ["--crowd", "4000", "--stock", "2000", "--rush", "40", "--servers", "2", "--chaos", "--json"]

interface Report {
  readonly ok: boolean
  readonly sold: number
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly unanswered: Readonly<Record<string, number>>
  readonly faults: readonly { readonly name: string }[]
  readonly checks: readonly { readonly name: string; readonly wrong: readonly string[] }[]
}

const first = Number(values.seed)
const until = performance.now() + Number(values.minutes) * 60_000
const faults = new Map<string, number>()
const answers = new Map<string, number>()
const unanswered = new Map<string, number>()
let [sales, sold] = [0, 0]

for (let seed = first; performance.now() < until; seed += 1) {
  const args = [...sale, "--seed", String(seed)]
  const report = await rehearse(args)
  sales += 1
  sold += report.sold
  for (const { name } of report.faults) count(faults, name, 1)
  for (const [question, codes] of Object.entries(report.answers)) {
    for (const [code, times] of Object.entries(codes)) count(answers, `${question} ${code}`, times)
  }
  for (const [what, times] of Object.entries(report.unanswered)) count(unanswered, what, times)
  process.stderr.write(`${sales} sales, seed ${seed}: ${sold} units sold, ${sum(faults)} faults\n`)
  if (report.ok) continue
  for (const { name, wrong } of report.checks)
    for (const what of wrong) process.stdout.write(`${name}: ${what}\n`)
  process.stdout.write(`WRONG. Again: node bin/doorbuster.mjs rehearse ${args.join(" ")}\n`)
  process.exitCode = 1
  break
}
process.stdout.write(
  `${JSON.stringify({
    ok: process.exitCode !== 1,
    first_seed: first,
    minutes: Number(values.minutes),
    sales,
    sold,
    operations: sum(answers),
    unanswered: sum(unanswered),
    faults: Object.fromEntries(faults),
    answers: Object.fromEntries(answers),
    unanswered_by_kind: Object.fromEntries(unanswered),
  })}\n`,
)

async function rehearse(args: readonly string[]): Promise<Report> {
  const child = spawn(process.execPath, [launcher, "rehearse", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  let printed = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text))
  const [status] = await once(child, "close")
  if (printed === "") throw new Error(`rehearse ${args.join(" ")} ended with ${String(status)} and no report`)
  return JSON.parse(printed) as Report
}

function count(counts: Map<string, number>, what: string, times: number): void {
  counts.set(what, (counts.get(what) ?? 0) + times)
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, times) => total + times, 0)
}
