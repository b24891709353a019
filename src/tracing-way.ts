import { useTracing } from "./base/tracing.ts"
import type { TracingSettings } from "./config/tracing.ts"

/** Traces of this process, while they are recorded. */
export interface RunningTraces {
  /** Sends what was recorded. Does not throw. */
  stop(): Promise<void>
}

/** Begins to record traces. The libraries for it are loaded only here, and only where traces are wanted. */
export async function startTracing(settings: TracingSettings | null): Promise<RunningTraces> {
  if (settings === null) return { stop: async () => undefined }
  const { createTracing } = await import("./tracing/opentelemetry.ts")
  const recorder = createTracing(settings)
  useTracing(recorder)
  return {
    async stop() {
      useTracing(null)
      await recorder.stop()
    },
  }
}
