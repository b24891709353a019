import { execFile, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { temporaryDirectory } from "./directory.ts"

const run = promisify(execFile)
const SYSTEMD = "/lib/systemd/systemd"

/** Whether to skip the tests that start systemd, with a line that says why. */
export function leavesOutSystemd(): boolean {
  if (spawnSync(SYSTEMD, ["--version"]).status !== 0) {
    if (process.env["CI"] === "true") throw new Error("systemd is missing: install the package systemd")
    console.log("Skipped the tests with systemd: it is not installed.")
    return true
  }
  // Accounts other than root, and some containers, may not start a second systemd.
  if (spawnSync("unshare", [...NAMESPACES, "true"]).status === 0) return false
  console.log(
    "Skipped the tests with systemd: this account may not make the namespaces that a second one needs.",
  )
  return true
}

const NAMESPACES = ["--pid", "--mount", "--uts", "--ipc", "--cgroup", "--fork", "--mount-proc"]

/** A systemd of its own, in namespaces of its own. Everything that it has started ends with it. */
export interface TestSystemd extends AsyncDisposable {
  /** Runs systemctl; returns what it prints, and throws if it fails. */
  systemctl(...parameters: string[]): Promise<string>
  /** A property of a unit, such as `MainPID`. */
  property(unit: string, name: string): Promise<string>
}

/**
 * Starts a systemd that knows only these unit files and the targets that units need, with `mounts`: what appears at which
 * path of its file system.
 */
export async function startSystemd(
  units: Readonly<Record<string, string>>,
  mounts: Readonly<Record<string, string>>,
): Promise<TestSystemd> {
  await using starting = new AsyncDisposableStack()
  const directory = starting.use(await temporaryDirectory())
  const unitPath = join(directory.path, "units")
  await mkdir(unitPath)
  const targets = ["sysinit", "basic", "shutdown", "network-online", "multi-user"]
  const empty = targets.map((name) => [`${name}.target`, "[Unit]\nDefaultDependencies=no\n"] as const)
  for (const [name, text] of [...empty, ...Object.entries(units)]) await writeFile(join(unitPath, name), text)
  await writeFile(
    join(directory.path, "begin"),
    [
      "set -e",
      "mount --make-rprivate /",
      // Mounted here first, because a source may be below a path that is covered next.
      `mkdir -p ${directory.path}/mounts`,
      ...Object.values(mounts).map((source, index) => bind(source, `${directory.path}/mounts/${index}`)),
      "for path in /opt /etc/systemd/system /var/tmp; do mkdir -p $path; mount -t tmpfs tmpfs $path; done",
      ...Object.keys(mounts).map((target, index) => bind(`${directory.path}/mounts/${index}`, target)),
      bind(unitPath, "/opt/units"),
      "for path in /run /tmp; do mount -t tmpfs tmpfs $path; done",
      // A child of systemd mounts the secrets of a service, and systemd sees them if mounts are shared.
      "mount --make-rshared /",
      `export container=test SYSTEMD_UNIT_PATH=/opt/units`,
      `exec ${SYSTEMD} --system --unit=multi-user.target --log-target=console --show-status=no`,
    ].join("\n"),
  )
  const child = spawn("unshare", [...NAMESPACES, "--kill-child", "bash", join(directory.path, "begin")], {
    stdio: ["ignore", "pipe", "pipe"],
  })
  process.once("exit", () => child.kill("SIGKILL"))
  let printed = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text))
  starting.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  })

  async function systemctl(...parameters: string[]): Promise<string> {
    const path = `/proc/${child.pid}/task/${child.pid}/children`
    const [first = ""] = (await readFile(path, "utf8")).trim().split(" ")
    const enter = ["--target", first, "--mount", "--pid", "systemctl", "--no-pager", ...parameters]
    return (await run("nsenter", enter)).stdout.trim()
  }
  for (const deadline = performance.now() + 20_000; ; await sleep(50)) {
    const state = await systemctl("show", "--property=ActiveState", "--value", "multi-user.target").catch(
      () => "",
    )
    if (state === "active") break
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`no systemd: ${printed}`)
  }
  const stack = starting.move()
  return {
    systemctl,
    property: (unit, name) => systemctl("show", `--property=${name}`, "--value", unit),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** A line that makes a file or directory appear at another path. */
function bind(source: string, target: string): string {
  return `if [ -d ${source} ]; then mkdir -p ${target}; else mkdir -p $(dirname ${target}); touch ${target}; fi; mount --bind ${source} ${target}`
}
