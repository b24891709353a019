/** A value that stops the start: one line that names the variable, what it holds and what it may hold. */
export class ConfigError extends Error {}
