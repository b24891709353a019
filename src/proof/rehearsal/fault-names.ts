/** The faults that a rehearsal can cause. */
export const faultNames = [
  "kill",
  "freeze",
  "cut",
  "lose",
  "stall",
  "slow",
  "trickle",
  "silence",
  "lock",
  "reader",
  "crash",
] as const
export type FaultName = (typeof faultNames)[number]

/** Each fault in words. */
export const faultTexts: Readonly<Record<FaultName, string>> = {
  kill: "a server was killed and started again",
  freeze: "a server was frozen for a moment (SIGSTOP)",
  cut: "the servers' connections to the database broke",
  lose: "a COMMIT was carried out and its answer was lost",
  stall: "nothing passed between servers and database",
  slow: "messages to the database took longer",
  trickle: "messages between servers and database arrived in small pieces",
  silence: "connections to the database became half-open for ever",
  lock: "another transaction kept the product's row locked",
  reader: "another transaction read for a long time",
  crash: "PostgreSQL was killed and recovered",
}
