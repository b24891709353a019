import type { Mutant } from "./mutants.ts"

const file = "test/lanes/interleavings.test.ts"
const lane = "src/lanes/lane.ts"
const batch = "src/lanes/batch.ts"
const groups = "src/lanes/groups.ts"

/** Each bug breaks one promise of the lanes. The test that must notice it is named after the promise. */
export const interleavingMutants: readonly Mutant[] = [
  {
    name: "interleavings: a batch is answered before its commit",
    edits: [
      {
        file: batch,
        find: "      await store.transact(productId, needs(commands), (state, now, mark) => {\n        decision = decide(commands, state, now, mark)\n      })\n",
        replace:
          "      await new Promise<void>((resolve, reject) => {\n        void store.transact(productId, needs(commands), (state, now, mark) => {\n          decision = decide(commands, state, now, mark)\n          resolve()\n        }).catch(reject)\n      })\n",
      },
    ],
    caughtBy: { file, test: "every acknowledged change is in the database" },
  },
  {
    name: "interleavings: a batch is repeated under new ids",
    edits: [
      {
        file: batch,
        find: "        decision = decide(commands, state, now, mark)\n",
        replace:
          '        decision = decide(\n          commands.map((command) => (command.kind === "place_hold" ? { ...command, holdId: command.holdId + 1_000_000 * performance.now() } : command)),\n          state,\n          now,\n          mark,\n        )\n',
      },
    ],
    caughtBy: { file, test: "a command takes effect once at most" },
  },
  {
    name: "interleavings: a group whose connection is lost is dropped",
    edits: [
      {
        file: groups,
        find: "      else resolve(commitBatch(context, batch, decided))",
        replace: "      else if (!isUnknown) resolve(commitBatch(context, batch, decided))",
      },
    ],
    caughtBy: { file, test: "every command is answered, and none twice" },
  },
  {
    name: "interleavings: a batch is executed and answered in reverse order",
    edits: [
      {
        file: lane,
        find: "for (const [index, job] of jobs.entries()) {",
        replace: "for (const [index, job] of [...jobs.entries()].toReversed()) {",
      },
    ],
    caughtBy: { file, test: "take effect and are answered in the order they came" },
  },
  {
    name: "interleavings: the second half of a failed batch goes first",
    edits: [
      {
        file: lane,
        find: "        await runJobs(jobs.slice(0, middle), halving)\n        await runJobs(jobs.slice(middle), halving)\n",
        replace:
          "        await runJobs(jobs.slice(middle), halving)\n        await runJobs(jobs.slice(0, middle), halving)\n",
      },
    ],
    caughtBy: { file, test: "take effect and are answered in the order they came" },
  },
  {
    name: "interleavings: the queue accepts one command too many",
    edits: [
      {
        file: lane,
        find: "if (queue.length >= limits.queueLength)",
        replace: "if (queue.length > limits.queueLength)",
      },
    ],
    caughtBy: { file, test: "queue, batch, group and waiting time stay" },
  },
  {
    name: "interleavings: commands never time out in the queue",
    edits: [
      {
        file: lane,
        find: "batch.filter((job) => job.since < oldest)",
        replace: "batch.filter((job) => job.since < oldest - 10_000)",
      },
      {
        file: lane,
        find: "batch.filter((job) => job.since >= oldest)",
        replace: "batch.filter((job) => job.since >= oldest - 10_000)",
      },
    ],
    caughtBy: { file, test: "queue, batch, group and waiting time stay" },
  },
  {
    name: "interleavings: one group too many is in flight",
    edits: [
      {
        file: groups,
        find: "while (inFlight < bounds.inFlight &&",
        replace: "while (inFlight <= bounds.inFlight &&",
      },
    ],
    caughtBy: { file, test: "queue, batch, group and waiting time stay" },
  },
  {
    name: "interleavings: an unknown commit counts as failed",
    edits: [
      {
        file: batch,
        find: "      if (error instanceof UnknownCommit) unanswered = decision\n",
        replace: "",
      },
    ],
    caughtBy: { file, test: "a command takes effect once at most" },
  },
  {
    name: "interleavings: an unknown commit counts as done",
    edits: [
      {
        file: batch,
        find: "if (await store.wasCommitted(unanswered.state, unanswered.mark)) return unanswered",
        replace: "if (unanswered !== null) return unanswered",
      },
    ],
    caughtBy: { file, test: "every acknowledged change is in the database" },
  },
  {
    name: "interleavings: neighbours fail with the bad command",
    edits: [{ file: lane, find: "if (jobs.length > 1) {", replace: "if (jobs.length > 2) {" }],
    caughtBy: { file, test: "a command at fault fails alone" },
  },
  {
    name: "interleavings: a transient error is not retried",
    edits: [{ file: batch, find: "const RETRIES = 5", replace: "const RETRIES = 1" }],
    caughtBy: { file, test: "every refusal has its cause" },
  },
]
