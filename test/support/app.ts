import { startApp, type AppOptions, type RunningApp } from "../../src/app.ts"
import { readConfig } from "../../src/config/read-config.ts"
import type { Config } from "../../src/config/config.ts"
import { createLog } from "../../src/base/log.ts"
import type { PaymentProvider } from "../../src/payments/provider.ts"
import { createTestDatabase } from "./database.ts"
import { createClient, type TestClient } from "./http.ts"

/** A server in this process, on a database of its own or a shared one, and a client of the server. */
export interface TestApp extends AsyncDisposable, TestClient {
  readonly app: RunningApp
  readonly url: string
  readonly databaseUrl: string
  /** The app's log, as parsed lines in order. */
  readonly log: readonly Record<string, unknown>[]
}

export interface TestAppOptions {
  readonly config?: Partial<Config>
  /** An existing database, in place of a new one. */
  readonly databaseUrl?: string
  readonly worker?: boolean
  readonly providers?: readonly PaymentProvider[]
  readonly streams?: AppOptions["streams"]
  /** True: product 1 with 100 units exists. */
  readonly seed?: boolean
}

let defaults: Config | null = null

/** Starts a server on a free port; open mode unless `config` says otherwise. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const own = options.databaseUrl === undefined ? await createTestDatabase() : null
  const databaseUrl = own?.url ?? options.databaseUrl ?? ""
  const log: Record<string, unknown>[] = []
  defaults ??= readConfig({ directory: "/nonexistent", environment: {} })
  const config = { ...defaults, port: 0, ...options.config }
  const app = await startApp(config, {
    databaseUrl,
    log: createLog("info", {
      write: (lines) =>
        void log.push(
          ...lines
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line)),
        ),
    }),
    worker: options.worker ?? false,
    ...(options.providers && { providers: options.providers }),
    ...(options.streams && { streams: options.streams }),
    seed: options.seed ?? true,
  })
  const client = createClient(app.url)
  return {
    app,
    url: app.url,
    databaseUrl,
    log,
    ...client,
    async [Symbol.asyncDispose]() {
      client.close()
      await app.stop({ quietMs: 0 })
      await own?.[Symbol.asyncDispose]()
    },
  }
}
