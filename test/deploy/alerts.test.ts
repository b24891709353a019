import { execFile } from "node:child_process"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import { parse } from "yaml"
import { createMetrics } from "../../src/metrics/metrics.ts"
import { createRedisMetrics } from "../../src/metrics/redis-metrics.ts"
import { createOwnMetrics } from "../../src/processes/metrics-exchange.ts"
import { anchorsIn, readProject } from "../docs/markdown.ts"
import { temporaryDirectory } from "../support/directory.ts"
import { leavesOutPrometheus } from "../support/prometheus.ts"
import { alertCases, type AlertCase } from "./alert-cases.ts"

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<"summary" | "description" | "runbook_url", string>>
}

const path = (name: string) => fileURLToPath(new URL(`../../deploy/prometheus/${name}`, import.meta.url))
const file = parse(await readFile(path("alerts.yaml"), "utf8")) as { groups: { rules: Rule[] }[] }
const rules = file.groups.flatMap(({ rules }) => rules)
const DOCS = "https://shop.example/docs/guide"
const promtool = (...args: string[]) => promisify(execFile)("promtool", args, { timeout: 20_000 })

test("each rule says what is wrong, what it means, and which runbook to read", async () => {
  const wrong: string[] = []
  for (const { alert, labels, annotations } of rules) {
    const isComplete = Object.keys(annotations).join(" ") === "summary description runbook_url"
    const isKnown = ["page", "warning"].includes(labels["severity"] ?? "")
    const [, page = "", anchor = ""] =
      /^\{\{ \$externalLabels\.docs \}\}\/([\w/-]+)\.html(?:#(.+))?$/.exec(annotations.runbook_url) ?? []
    const anchors = ["", ...anchorsIn(await readProject(`docs/${page}.md`))]
    if (!isComplete || !isKnown || !anchors.includes(anchor)) wrong.push(alert)
  }

  expect(wrong).toEqual([])
})

test("each rule asks for metrics that exist", () => {
  const { registry } = createMetrics()
  createRedisMetrics(registry)
  const all = [...registry.getMetricsAsArray(), ...createOwnMetrics(() => 0).registry.getMetricsAsArray()]
  const known = new Set(["up", ...all.map(({ name }) => name)])
  const asked = rules.flatMap(({ expr }) => expr.match(/\b(?:up|(?:doorbuster|http)_\w+)(?=[{[)\s])/g) ?? [])

  expect(asked.length).toBeGreaterThanOrEqual(rules.length)
  expect(asked.filter((name) => !known.has(name.replace(/_(?:bucket|count|sum)$/, "")))).toEqual([])
})

// increase() sees nothing in a series that begins with 1.
test("each counter that an alert watches begins with 0", async () => {
  const { registry } = createMetrics()
  const text = `${await registry.metrics()}${await createOwnMetrics(() => 0).registry.metrics()}`
  const watched = rules.flatMap(({ expr }) => /\(increase\(([^[]+)/.exec(expr)?.[1] ?? [])

  expect(watched.length).toBeGreaterThanOrEqual(5)
  for (const series of watched) expect(text.split("\n")).toContain(`${series} 0`)
})

test("each rule has a case", () => {
  expect(new Set(alertCases.map(({ alert }) => alert))).toEqual(new Set(rules.map(({ alert }) => alert)))
})

describe.skipIf(leavesOutPrometheus())("promtool", () => {
  test("accepts the rules and the configuration", async () => {
    expect((await promtool("check", "rules", path("alerts.yaml"))).stdout).toContain(
      `${rules.length} rules found`,
    )
    expect((await promtool("check", "config", path("prometheus.yml"))).stdout).toContain("SUCCESS")
  })

  test("sees each alert fire and end", async () => {
    await using directory = await temporaryDirectory()
    const tests = join(directory.path, "tests.json")
    const units = {
      rule_files: [path("alerts.yaml")],
      evaluation_interval: "15s",
      tests: alertCases.map(unit),
    }
    await writeFile(tests, JSON.stringify(units))

    expect((await promtool("test", "rules", tests)).stdout).toContain("SUCCESS")
  })
})

/** The case as promtool wants it. */
function unit({ alert, series, quietAt, firesAt, endsAt, labels = { job: "doorbuster" } }: AlertCase) {
  const rule = rules.find((one) => one.alert === alert)
  const filled = Object.entries(rule?.annotations ?? {}).map(([key, text]) => [
    key,
    text
      .replaceAll("{{ $externalLabels.docs }}", DOCS)
      .replaceAll("{{ $labels.instance }}", labels["instance"] ?? ""),
  ])
  const firing = {
    exp_labels: { ...labels, ...rule?.labels },
    exp_annotations: Object.fromEntries(filled) as Record<string, string>,
  }
  const at = (eval_time: string, exp_alerts: object[]) => ({ alertname: alert, eval_time, exp_alerts })
  return {
    name: alert,
    interval: "15s",
    external_labels: { docs: DOCS },
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [at(quietAt, []), at(firesAt, [firing]), at(endsAt, [])],
  }
}
