import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { temporaryDirectory } from "./directory.ts"
import { freePort } from "./free-port.ts"

/** Whether to skip the tests with Prometheus. On CI a missing one is an error instead. */
export function leavesOutPrometheus(): boolean {
  const isThere = ["prometheus", "promtool"].every((name) => spawnSync(name, ["--version"]).status === 0)
  if (isThere) return false
  if (process.env["CI"] === "true") throw new Error("prometheus is missing: install the package prometheus")
  console.log("Skipped the tests with Prometheus: it is not installed.")
  return true
}

/** A sample of a query's result. Prometheus writes numbers as text, such as `NaN`. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** Prometheus on loopback; killed when disposed. */
export interface Prometheus extends AsyncDisposable {
  readonly url: string
  /** Runs a query and returns its samples. Throws Prometheus' own message for a query that it refuses. */
  query(query: string): Promise<Sample[]>
}

/** Starts Prometheus, which scrapes the server at `target` (`host:port`) once a second under the job `doorbuster`. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryDirectory())
  const address = `127.0.0.1:${await freePort()}`
  await writeFile(
    join(path, "prometheus.yml"),
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: [{ job_name: "doorbuster", static_configs: [{ targets: [target] }] }],
    }),
  )
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(path, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(path, "data")}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"], cwd: path },
  )
  // A test that runs out of time never disposes of it.
  process.once("exit", () => child.kill("SIGKILL"))
  let complaints = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text))
  starting.defer(async () => {
    if (child.exitCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  })
  const url = `http://${address}`
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}: ${complaints}`)
    const answer = await fetch(`${url}/-/ready`).catch(() => null)
    if (answer?.status === 200) break
    await sleep(50)
  }
  const stack = starting.move()
  return {
    url,
    async query(query) {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`)
      const body = (await answer.json()) as { error?: string; data?: { result: Sample[] } }
      if (body.data === undefined) throw new Error(`${body.error}: ${query}`)
      return body.data.result
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
