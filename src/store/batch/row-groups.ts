/** Writes rows in one statement, or sends no statement when there are no rows. */
export function writeIfAny<Row>(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<void>,
): Promise<void>[] {
  return rows.length > 0 ? [write(rows)] : []
}

/** At least one row. */
export type NonEmpty<Row> = readonly [Row, ...Row[]]

/**
 * Groups rows that are to be updated to the same values, `by` a key of those values. An update that joins rows to
 * values makes the planner choose between plans that are all slow for a table whose growth it does not know yet: it
 * compares each row with each value, or reads all rows of the product. Naming rows by their
 * ids leaves it one plan, and the groups are few, since little but the status differs.
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
