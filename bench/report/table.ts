import type { Row } from "../row.ts"

/** Formats the rows as a text table, in the order of measurement. */
export function table(rows: readonly Row[]): string {
  const head = [
    "scenario",
    "server",
    "per second",
    "min – max",
    "p50 ms",
    "p99 ms",
    "× echo",
    "rounds",
    "more",
  ]
  const lines = [head, ...rows.map(cells)]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => padded(cell, widths[column] ?? 0, column))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

function cells(row: Row): string[] {
  const { echo } = row.ratio_to
  return [
    row.scenario,
    row.server,
    grouped(row.per_second),
    row.rounds > 1 ? `${grouped(row.per_second_min)} – ${grouped(row.per_second_max)}` : "",
    String(row.p50_ms),
    String(row.p99_ms),
    echo === undefined ? "" : echo.toFixed(2),
    String(row.rounds),
    Object.entries(row.more)
      .map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`)
      .join(", "),
  ]
}

function padded(cell: string, width: number, column: number): string {
  const isText = column < 2 || column === 8
  return isText ? cell.padEnd(width) : cell.padStart(width)
}

/** Formats 12345 as 12,345. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US")
}
