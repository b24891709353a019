/** Writes rows in one statement; none where there are none. */
export function writeIfAny<Row>(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<void>,
): Promise<void>[] {
  return rows.length > 0 ? [write(rows)] : []
}

/** Rows for which the same is to be written. */
export type NonEmpty<Row> = readonly [Row, ...Row[]]

/**
 * Rows in groups for which the same is to be written. An update that joins rows to values makes the
 * planner choose between ways that all are slow for a table of which it does not know that it has
 * grown: it compares each row with each value, or reads all rows of the product. Naming rows by their
 * ids leaves it one way, and what is written differs in little but the status.
 */
export function groupBy<Row>(rows: readonly Row[], by: (row: Row) => unknown): NonEmpty<Row>[] {
  const groups = new Map<unknown, [Row, ...Row[]]>()
  for (const row of rows) {
    const group = groups.get(by(row))
    if (group === undefined) groups.set(by(row), [row])
    else group.push(row)
  }
  return [...groups.values()]
}
