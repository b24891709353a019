/** Wrong usage: the command was not run. Exit status 2. */
export class UsageError extends Error {}

/** The command ran and failed; the message says why. Exit status 1. */
export class CommandFailure extends Error {}
