import { escaped } from "../../src/base/html.ts"
import type { Row } from "../row.ts"
import { grouped } from "./table.ts"

const WIDTH = 800
const LEFT = 230
const BAR = 22
const GAP = 8
const HEAD = 64

const labels: Partial<Record<Row["server"], string>> = {
  echo: "constant answer (ceiling)",
  doorbuster: "Doorbuster",
  "redis-lua-everysec": "Redis + Lua, fsync each second",
  "redis-lua-always": "Redis + Lua, fsync always",
  "atomic-update": "one guarded UPDATE each",
  "unit-rows": "row per unit, SKIP LOCKED",
  "lock-per-request": "SELECT … FOR UPDATE each",
}

/** Draws the holds per second of every server as a bar chart in SVG, readable on light and dark backgrounds. */
export function picture(rows: readonly Row[], machine: Readonly<Record<string, string | number>>): string {
  const bars = rows.filter((row) => row.scenario === "holds").toSorted((a, b) => b.per_second - a.per_second)
  const most = Math.max(...bars.map((row) => row.per_second_max))
  const height = HEAD + bars.length * (BAR + GAP) + 40
  const scale = (value: number) => (value / most) * (WIDTH - LEFT - 110)
  const text = bars.map((row) => `${labels[row.server] ?? row.server} ${grouped(row.per_second)} a second`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">Holds a second on one product</title>
<desc id="description">${escaped(text.join("; "))}</desc>
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2933 }
  .title { font-size: 17px; font-weight: 600 }
  .small { font-size: 11.5px; fill: #616e7c }
  .number { font-variant-numeric: tabular-nums }
  .ours { fill: #c2410c }
  .ours-text { font-weight: 600 }
  .other { fill: #94a3b8 }
  .spread { stroke: #1f2933; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb } .small { fill: #9aa5b1 } .ours { fill: #fb923c } .other { fill: #64748b } .spread { stroke: #e4e7eb }
  }
</style>
<text class="title" x="0" y="20">Holds a second on one product</text>
<text class="small" x="0" y="40">${escaped(`${machine["cores"]} cores for server, database and load together; median of ${bars[0]?.rounds ?? 0} alternating rounds, line from worst to best`)}</text>
${bars.map((row, index) => bar(row, HEAD + index * (BAR + GAP), scale)).join("\n")}
<text class="small" x="0" y="${height - 10}">${escaped(`npm run bench, commit ${machine["commit"]}, ${machine["date"]}, ${machine["cpu"]}`)}</text>
</svg>
`
}

function bar(row: Row, y: number, scale: (value: number) => number): string {
  const isOurs = row.server === "doorbuster"
  const middle = y + BAR / 2
  const [from, to] = [LEFT + scale(row.per_second_min), LEFT + scale(row.per_second_max)]
  return [
    `<text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end"${isOurs ? ' class="ours-text"' : ""}>${escaped(labels[row.server] ?? row.server)}</text>`,
    `<rect class="${isOurs ? "ours" : "other"}" x="${LEFT}" y="${y}" width="${scale(row.per_second).toFixed(1)}" height="${BAR}" rx="3"/>`,
    `<line class="spread" x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
    `<text class="number${isOurs ? " ours-text" : ""}" x="${(to + 8).toFixed(1)}" y="${middle + 4}">${grouped(row.per_second)}</text>`,
  ].join("\n")
}
