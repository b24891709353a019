import { defineConfig } from "vitest/config"

/** The tests of the pure core alone, and a short form of its model: no database, no clock, milliseconds each. */
export default defineConfig({
  test: {
    include: ["test/domain/**/*.test.ts", "test/wire/**/*.test.ts", "test/model/core.test.ts"],
    // Takes seconds; what it looks for the model looks for too.
    exclude: ["test/domain/permutations.test.ts"],
    env: {
      DOORBUSTER_MODEL_COMMANDS: "4000",
      DOORBUSTER_MODEL_PURCHASES: "1500",
      DOORBUSTER_MODEL_SEED: "7",
    },
    testTimeout: 60_000,
  },
})
