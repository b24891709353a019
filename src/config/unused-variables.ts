const REDIS = "Redis is not needed (REDIS_URL shares limits by address over hosts)"

/**
 * Variables of Laravel's `.env` that a reader of the founding documents may set, and for each the advice. None has an
 * effect: without DATABASE_URL the server uses its own PostgreSQL, and it needs neither a cache nor a queue.
 */
const advice: Readonly<Record<string, string>> = {
  DB_CONNECTION: "set DATABASE_URL",
  DB_URL: "set DATABASE_URL",
  DB_HOST: "set DATABASE_URL",
  DB_PORT: "set DATABASE_URL",
  DB_DATABASE: "set DATABASE_URL",
  DB_USERNAME: "set DATABASE_URL",
  DB_PASSWORD: "set DATABASE_URL",
  REDIS_HOST: REDIS,
  REDIS_PORT: REDIS,
  REDIS_PASSWORD: REDIS,
  REDIS_CLIENT: REDIS,
  QUEUE_CONNECTION: "a queue is not needed",
  CACHE_DRIVER: "a cache is not needed",
  CACHE_STORE: "a cache is not needed",
}

/**
 * The names in `given` that have an effect in Laravel and none here. Names only, never values, because some are
 * passwords.
 */
export function unusedVariables(given: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(advice).filter((name) => given[name] !== undefined)
}

/** One line for people: the variables that are set but have no effect, and the advice. */
export function explainUnused(names: readonly string[]): string {
  const whatToDo = new Set(names.flatMap((name) => advice[name] ?? []))
  const verbs = names.length === 1 ? "is set but has" : "are set but have"
  return `${names.join(", ")} ${verbs} no effect: ${[...whatToDo].join("; ")}`
}
