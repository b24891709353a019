import { escaped } from "../../base/html.ts"
import { faultTexts } from "./fault-names.ts"
import type { Second } from "./visit-log.ts"
import type { Rehearsal } from "./rehearse.ts"
import { listed, money, passes, waitsOf } from "./text-report.ts"
import type { Sample } from "./product-samples.ts"

const WIDTH = 860
const HEIGHT = 220
const LEFT = 56
const BOTTOM = 26
const TOP = 12

/** The report as one HTML file without scripts, fonts or other resources. */
export function reportPage(rehearsal: Rehearsal): string {
  const { script, counts, checks, crowdGoneMs, settledMs } = rehearsal
  const isGood = passes(rehearsal)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal: ${isGood ? "pass" : "FAIL"}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Rehearsal of a sale</h1>
<p class="verdict ${isGood ? "good" : "bad"}">${isGood ? "Pass" : "Fail"}</p>
<p>${script.crowd} visitors wanted ${script.stock} units within ${seconds(script.rushMs)}, from ${script.servers} servers. Seed ${script.seed}.</p>
<dl class="figures">
${figure("sold", `${counts.sold} of ${counts.stock}`)}
${figure("left", String(counts.left))}
${figure("received", money(counts.captured_minor))}
${figure("refunded", money(counts.refunded_minor))}
${figure("last visit ended after", seconds(crowdGoneMs))}
${figure("all settled after", seconds(settledMs))}
</dl>
<h2>Units</h2>
${unitsChart(rehearsal)}
<h2>Answers to requests for units</h2>
${answersChart(rehearsal)}
${faultList(rehearsal)}
<h2>Answers</h2>
${table(
  ["request", "answers"],
  [...rehearsal.visitLog.answers].map(([kind, codes]) => [kind, listed(Object.fromEntries(codes))]),
)}
<h2>Time until the answer</h2>
${table(
  ["request", "median", "99 %", "longest"],
  [...rehearsal.visitLog.waits.keys()].map((kind) => waitRow(rehearsal, kind)),
)}
<h2>Checks</h2>
<ul class="checks">
${checks.map(({ name, wrong }) => `<li class="${wrong.length === 0 ? "good" : "bad"}">${escaped(name)}${wrong.length === 0 ? "" : `<ul>${wrong.map((what) => `<li>${escaped(what)}</li>`).join("")}</ul>`}</li>`).join("\n")}
</ul>
<p>Orders: ${escaped(listed(counts.orders))}. Holds: ${escaped(listed(counts.holds))}.</p>
</main>
</body>
</html>
`
}

function waitRow(rehearsal: Rehearsal, kind: Parameters<typeof waitsOf>[1]): string[] {
  const { p50, p99, max } = waitsOf(rehearsal, kind)
  return [kind, `${p50} ms`, `${p99} ms`, `${max} ms`]
}

function figure(name: string, value: string): string {
  return `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")
  return `<div class="wide"><table><thead><tr>${cells(head, "th")}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, "td")}</tr>`).join("")}</tbody></table></div>`
}

function faultList({ faults }: Rehearsal): string {
  if (faults.length === 0) return ""
  const items = faults.map(({ name, atMs }) => `<li>${seconds(atMs)}: ${faultTexts[name]}</li>`)
  return `<details><summary>${faults.length} deliberate faults, marked in the charts</summary><ol>${items.join("")}</ol></details>`
}

/** The charts end before the last payments settle, which takes minutes without a change. */
function shownOf({ crowdGoneMs, settledMs }: Rehearsal): number {
  return Math.min(settledMs, crowdGoneMs * 1.5)
}

interface Scale {
  readonly x: (ms: number) => string
  readonly y: (value: number) => string
}

function scaleOf(lastMs: number, most: number): Scale {
  return {
    x: (ms) => (LEFT + (ms / Math.max(1, lastMs)) * (WIDTH - LEFT - 8)).toFixed(1),
    y: (value) => (HEIGHT - BOTTOM - (value / Math.max(1, most)) * (HEIGHT - BOTTOM - TOP)).toFixed(1),
  }
}

/** Draws sold, held and available units as stacked areas; together they are always the stock. */
function unitsChart(rehearsal: Rehearsal): string {
  const { counts } = rehearsal
  const shownMs = shownOf(rehearsal)
  const samples = rehearsal.samples.filter(({ atMs }) => atMs <= shownMs)
  const scale = scaleOf(shownMs, counts.stock)
  const layers: readonly [string, string, (sample: Sample) => number][] = [
    ["available", "available", ({ available, held, sold }) => available + held + sold],
    ["held", "held", ({ held, sold }) => held + sold],
    ["sold", "sold", ({ sold }) => sold],
  ]
  const areas = layers.map(([kind, , top]) => `<path class="${kind}" d="${areaOf(samples, top, scale)}"/>`)
  const text = `At the end ${counts.sold} of ${counts.stock} units were sold and ${counts.left} were left.`
  return chart(rehearsal, {
    scale,
    most: counts.stock,
    text,
    drawing: areas.join(""),
    legend: layers.map(([kind]) => kind),
  })
}

function areaOf(samples: readonly Sample[], top: (sample: Sample) => number, { x, y }: Scale): string {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return ""
  const line = samples.map((sample) => `L${x(sample.atMs)} ${y(top(sample))}`).join("")
  return `M${x(first.atMs)} ${y(0)}${line}L${x(last.atMs)} ${y(0)}Z`
}

/** Draws a column for each second: granted, refused, and failed requests. */
function answersChart(rehearsal: Rehearsal): string {
  const { visitLog } = rehearsal
  const totals = visitLog.seconds.map(({ granted, refused, failed }) => granted + refused + failed)
  const most = Math.max(1, ...totals)
  const scale = scaleOf(shownOf(rehearsal), most)
  const kinds = ["granted", "refused", "failed"] as const
  const columns = visitLog.seconds.map((second, index) => columnOf(second, index, kinds, scale))
  const granted = visitLog.seconds.reduce((sum, second) => sum + second.granted, 0)
  const text = `${granted} holds were granted; the busiest second had ${most} answers.`
  return chart(rehearsal, { scale, most, text, drawing: columns.join(""), legend: kinds })
}

function columnOf(
  second: Readonly<Second>,
  index: number,
  kinds: readonly (keyof Second)[],
  { x, y }: Scale,
): string {
  const [from, to] = [Number(x(index * 1000)), Number(x((index + 1) * 1000))]
  let below = 0
  return kinds
    .map((kind) => {
      const value = second[kind]
      const [bottom, top] = [Number(y(below)), Number(y(below + value))]
      below += value
      if (value === 0) return ""
      return `<rect class="${kind}" x="${from}" y="${top}" width="${Math.max(1, to - from - 1).toFixed(1)}" height="${(bottom - top).toFixed(1)}"/>`
    })
    .join("")
}

interface Drawn {
  readonly scale: Scale
  readonly most: number
  readonly text: string
  readonly drawing: string
  readonly legend: readonly string[]
}

function chart(rehearsal: Rehearsal, { scale, most, text, drawing, legend }: Drawn): string {
  const shownMs = shownOf(rehearsal)
  const marks = rehearsal.faults.map(
    ({ name, atMs }) =>
      `<line class="fault" x1="${scale.x(atMs)}" x2="${scale.x(atMs)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"><title>${faultTexts[name]}</title></line>`,
  )
  const times = Array.from({ length: 6 }, (_, index) => (shownMs / 5) * index)
  const ticks = times.map(
    (ms) =>
      `<text x="${scale.x(ms)}" y="${HEIGHT - 6}" text-anchor="${ms === shownMs ? "end" : "middle"}">${Math.round(ms / 1000)} s</text>`,
  )
  const values = [0, Math.round(most / 2), most].map(
    (value) =>
      `<text x="${LEFT - 8}" y="${Number(scale.y(value)) + 4}" text-anchor="end">${value}</text><line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${scale.y(value)}" y2="${scale.y(value)}"/>`,
  )
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(text)}">${values.join("")}${drawing}${marks.join("")}${ticks.join("")}</svg>
<figcaption>${legend.map((kind) => `<span class="key ${kind}"></span>${kind}`).join(" ")}. ${escaped(text)}</figcaption></figure>`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

const style = `
:root { color-scheme: light dark; --ink: #1f2933; --soft: #52606d; --ground: #fbfaf8; --line: #d9d5cd;
  --sold: #0f766e; --held: #d97706; --available: #cbd5e1; --failed: #b91c1c; --good: #0f766e; --bad: #b91c1c }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #9aa5b1; --ground: #14181d; --line: #323a44;
  --sold: #2dd4bf; --held: #fbbf24; --available: #475569; --failed: #f87171; --good: #2dd4bf; --bad: #f87171 } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
.verdict { font-size: 2rem; font-weight: 700; margin: .25rem 0 }
.good { color: var(--good) } .bad { color: var(--bad) }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1rem 0 }
.figures div { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem }
dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums }
figure { margin: 0 } svg { width: 100%; height: auto; display: block }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft) }
.grid { stroke: var(--line) } .fault { stroke: var(--failed); stroke-dasharray: 3 3 }
.sold, .granted { fill: var(--sold); background: var(--sold) } .held { fill: var(--held); background: var(--held) }
.available, .refused { fill: var(--available); background: var(--available) } .failed { fill: var(--failed); background: var(--failed) }
figcaption { color: var(--soft); font-size: .9rem }
.key { display: inline-block; width: .8em; height: .8em; border-radius: .2em; margin: 0 .35em 0 .6em }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th { color: var(--soft); font-weight: 500; font-size: .85rem }
.checks { list-style: none; padding: 0 }
.checks > li::before { content: "✓"; display: inline-block; width: 1.4em } .checks > .bad::before { content: "✗" }
.checks > li { color: inherit } .checks > li::before { color: var(--good) } .checks > .bad::before { color: var(--bad) }
details { margin-top: .5rem; color: var(--soft) }
`
