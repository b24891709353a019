/**
 * Variables of Laravel's `.env` that a reader of the founding documents sets, and what takes their place here. None has
 * an effect: without DATABASE_URL the server uses its own PostgreSQL, and it needs neither a cache nor a queue.
 */
const replacements: Readonly<Record<string, string>> = {
  DB_CONNECTION: "DATABASE_URL",
  DB_URL: "DATABASE_URL",
  DB_HOST: "DATABASE_URL",
  DB_PORT: "DATABASE_URL",
  DB_DATABASE: "DATABASE_URL",
  DB_USERNAME: "DATABASE_URL",
  DB_PASSWORD: "DATABASE_URL",
  REDIS_URL: "nothing, no Redis is needed",
  REDIS_HOST: "nothing, no Redis is needed",
  REDIS_PORT: "nothing, no Redis is needed",
  REDIS_PASSWORD: "nothing, no Redis is needed",
  REDIS_CLIENT: "nothing, no Redis is needed",
  QUEUE_CONNECTION: "nothing, the worker needs no queue",
  CACHE_DRIVER: "nothing, no cache is needed",
  CACHE_STORE: "nothing, no cache is needed",
}

/**
 * The names in `given` that a shop may believe to have an effect and that have none. Names only, never values: some are
 * passwords.
 */
export function unusedVariables(given: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(replacements).filter((name) => given[name] !== undefined)
}

/** One line for people: which variables are set and not used, and what to set instead. */
export function explainUnused(names: readonly string[]): string {
  const instead = new Set(names.map((name) => replacements[name] ?? "nothing"))
  return `${names.join(", ")} ${names.length === 1 ? "is" : "are"} set and not used; what counts here: ${[...instead].join("; ")}`
}
