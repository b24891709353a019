import type pg from "pg"

/** A statement that was sent under a name. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/** Passes all calls on to `target` and records the statements. */
export function watch<Target extends object>(target: Target, seen: Statement[]): Target {
  return new Proxy(target, {
    get(_, property) {
      const member: unknown = Reflect.get(target, property)
      if (property !== "query" || typeof member !== "function") return member
      return (statement: Statement) => {
        seen.push(statement)
        return member.call(target, statement)
      }
    },
  })
}

/** The statement with its plan if it scans a whole table or index, or all deliveries of an endpoint for each row. */
export async function wholeReads(
  client: pg.ClientBase,
  { name, text, values }: Statement,
): Promise<string[]> {
  const { rows } = await client.query<Record<string, string>>({ text: `explain ${text}`, values })
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n")
  // A scan of a whole index has no index condition.
  const reads = plan.match(/(?:Index Scan|Index Only Scan|Bitmap Index Scan) /g)?.length ?? 0
  const conditions = plan.match(/Index Cond:/g)?.length ?? 0
  return /Seq Scan|Materialize/.test(plan) || reads > conditions ? [`${name}\n${plan}`] : []
}
