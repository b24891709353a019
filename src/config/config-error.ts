/** A setting is not valid, so the program does not start. The message is one line: the variable, its value, and the allowed values. */
export class ConfigError extends Error {}
