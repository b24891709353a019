import envSchema from "env-schema"
import { ConfigError } from "./config-error.ts"
import { schema, secretNames, type Environment } from "./schema.ts"

interface SchemaError {
  readonly instancePath: string
}

/** Checks each variable against the schema and fills in defaults. Throws {@link ConfigError} for the first that fails. */
export function validateVariables(given: Readonly<Record<string, string>>): Environment {
  refuseOddNumbers(given)
  try {
    return envSchema<Environment>({ schema: structuredClone(schema), data: given, env: false })
  } catch (error) {
    const [first] = error instanceof Error && "errors" in error ? (error.errors as SchemaError[]) : []
    if (first === undefined) throw error
    const name = first.instancePath.slice(1)
    throw badValue(name, given[name], expectedValue(name))
  }
}

/** The schema would accept "Infinity", "0x50" and "1e3" as whole numbers. */
function refuseOddNumbers(given: Readonly<Record<string, string>>): void {
  for (const [name, { type }] of Object.entries(schema.properties)) {
    const value = given[name]
    if (type !== "integer" || value === undefined || /^\d+$/.test(value)) continue
    throw badValue(name, value, expectedValue(name))
  }
}

function expectedValue(name: string): string {
  const properties: Record<string, { description: string }> = schema.properties
  return properties[name]?.description ?? "another value"
}

/** The error for a variable whose value is not what the program expects. Shows only the length of a secret. */
export function badValue(name: string, value: string | undefined, expected: string): ConfigError {
  const shown = secretNames.includes(name)
    ? `a secret of ${value?.length ?? 0} characters`
    : JSON.stringify(value ?? "")
  return new ConfigError(`${name} is ${shown} but must be ${expected}`)
}
