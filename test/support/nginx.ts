import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { Agent, request } from "node:https"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { temporaryDirectory } from "./directory.ts"
import { freePort } from "./free-port.ts"
import { certificate, certificateKey } from "./mail-certificate.ts"

const NGINX = "/usr/sbin/nginx"
const deployed = fileURLToPath(new URL("../../deploy/proxy/nginx.conf", import.meta.url))

/** Whether to skip the tests with nginx. On CI a missing one is an error instead. */
export function leavesOutNginx(): boolean {
  if (spawnSync(NGINX, ["-v"]).status === 0) return false
  if (process.env["CI"] === "true") throw new Error(`nginx is missing in ${NGINX}: install the package nginx`)
  console.log(`Skipped the tests with nginx: it is not installed in ${NGINX}.`)
  return true
}

export interface ProxiedAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
}

export interface ProxiedRequest {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly json?: unknown
  /** The address of this machine that the request comes from, such as `127.0.0.2`. */
  readonly from?: string
  /** For an answer that does not end: returns true when the received part is enough. */
  readonly isEnough?: (received: string) => boolean
}

/** nginx with `deploy/proxy/nginx.conf`, on free ports of loopback. */
export interface Nginx extends AsyncDisposable {
  /** The port of plain HTTP. */
  readonly plainPort: number
  /** Sends a request over TLS. */
  ask(path: string, request?: ProxiedRequest): Promise<ProxiedAnswer>
  /** Leads traffic to these of the two servers only, as `down` and `nginx -s reload` do. */
  use(isUsed: readonly [boolean, boolean]): Promise<void>
}

/** Starts nginx before the servers at the two ports of this machine. `ownAddress`: one that speaks for many buyers. */
export async function startNginx(ports: readonly [number, number], ownAddress?: string): Promise<Nginx> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryDirectory())
  await mkdir(join(path, "logs"))
  await writeFile(join(path, "certificate.pem"), certificate)
  await writeFile(join(path, "key.pem"), certificateKey)
  const [plainPort, securePort] = [await freePort(), await freePort()]
  const site = await readFile(deployed, "utf8")

  /** Writes the deployed file with the ports and paths of this test. */
  const configure = (isUsed: readonly [boolean, boolean]) => {
    const upstream = (index: 0 | 1) =>
      `server 127.0.0.1:${ports[index]} max_fails=1 fail_timeout=1s${isUsed[index] ? "" : " down"};`
    const changes = {
      "server 127.0.0.1:8000 max_fails=1 fail_timeout=1s;": upstream(0),
      "server 127.0.0.1:8001 max_fails=1 fail_timeout=1s;": upstream(1),
      "default 0;": ownAddress === undefined ? "default 0;" : `default 0; ${ownAddress} 1;`,
      "listen 80;": `listen 127.0.0.1:${plainPort};`,
      "listen 443 ssl http2;": `listen 127.0.0.1:${securePort} ssl http2;`,
      "/etc/letsencrypt/live/shop.example/fullchain.pem": join(path, "certificate.pem"),
      "/etc/letsencrypt/live/shop.example/privkey.pem": join(path, "key.pem"),
      "/var/cache/nginx/doorbuster": join(path, "cache"),
    }
    return writeFile(join(path, "site.conf"), replaceEach(site, changes))
  }
  await configure([true, true])
  await writeFile(
    join(path, "nginx.conf"),
    `daemon off; pid ${path}/pid; error_log ${path}/logs/error.log;
     events { worker_connections 1024; }
     http { access_log off; include ${path}/site.conf;
       ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${path}/${kind};`).join(" ")} }`,
  )
  const child = spawn(NGINX, ["-p", path, "-c", join(path, "nginx.conf")], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  // A test that runs out of time never disposes of it.
  process.once("exit", () => child.kill("SIGKILL"))
  let complaints = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text))
  starting.defer(async () => {
    if (child.exitCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    await ended
  })
  const agent = new Agent({ keepAlive: true, ca: certificate, servername: "localhost" })
  starting.defer(() => agent.destroy())

  const ask = (to: string, { method = "GET", headers = {}, json, from, isEnough }: ProxiedRequest = {}) =>
    new Promise<ProxiedAnswer>((resolve, reject) => {
      const own =
        from === undefined ? { agent } : { agent: false as const, ca: certificate, localAddress: from }
      const body = json === undefined ? undefined : JSON.stringify(json)
      const all = { ...headers, host: "shop.example", ...(body && { "content-type": "application/json" }) }
      const options = { ...own, method, headers: all, servername: "localhost", timeout: 30_000 }
      const asked = request(`https://127.0.0.1:${securePort}${to}`, options, (response) => {
        let text = ""
        const answer = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk
          if (isEnough?.(text) !== true) return
          answer()
          asked.destroy()
        })
        response.on("end", answer).on("error", reject)
      })
      asked.on("timeout", () => asked.destroy(new Error("no answer in time"))).on("error", reject)
      asked.end(body)
    })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${complaints}`)
    if ((await ask("/metrics").catch(() => null)) !== null) break
    await sleep(20)
  }
  const workers = async () =>
    (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")).trim().split(" ")
  const stack = starting.move()
  return {
    plainPort,
    ask,
    async use(isUsed) {
      await configure(isUsed)
      const old = await workers()
      child.kill("SIGHUP")
      // The old workers answer the requests that they have, and end.
      for (const deadline = performance.now() + 20_000; performance.now() < deadline; await sleep(20)) {
        const present = await workers()
        if (present.length > 0 && !present.some((pid) => old.includes(pid))) return
      }
      throw new Error("nginx did not take the new configuration")
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Replaces texts that must occur, each exactly once. */
function replaceEach(text: string, changes: Readonly<Record<string, string>>): string {
  for (const [from, to] of Object.entries(changes)) {
    const parts = text.split(from)
    if (parts.length !== 2) throw new Error(`${from} occurs ${parts.length - 1} times in ${deployed}`)
    text = parts.join(to)
  }
  return text
}
