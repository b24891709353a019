import { defineConfig } from "vitest/config"
import { LongestFirst } from "./test/support/longest-first.ts"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    // Two cores: more workers than that only make the timing tests wait for each other.
    maxWorkers: 2,
    // The files of a worker share its modules: loading and compiling the server takes longer than most files.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What a test waits for comes late on a loaded machine; one second, the default, is too short for a page that loads.
    expect: { poll: { timeout: 15_000 } },
  },
})
