import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

const LAUNCHER = fileURLToPath(new URL("../../bin/doorbuster.mjs", import.meta.url))
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`

/** The machine's own Node, found past the directories npm and vitest put in front. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node"].find(isOld)

/** Node has no pseudo-terminals. */
const hasPython = spawnSync("python3", ["--version"]).status === 0

/** Says what it was given, so that a test sees which Node ran what. */
const REPORTING_MAIN = `console.log(JSON.stringify({
  fit: Number(process.versions.node.split(".")[0]) >= 24, entry: process.argv[1], words: process.argv.slice(2) }))`

let project = ""

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "doorbuster-launcher-"))
  await mkdir(join(project, "bin"))
  await cp(LAUNCHER, join(project, "bin/doorbuster.mjs"))
})

afterEach(async () => rm(project, { recursive: true }))

test("with a fit Node it runs the sources in the same process", async () => {
  await write("src/main.ts", `const pid: number = process.pid\nconsole.log(pid)`)

  const { pid, stdout } = launch(process.execPath)

  expect(stdout.trim()).toBe(`${pid}`)
})

test("without sources it runs what was built", async () => {
  await write("dist/src/main.js", REPORTING_MAIN)

  expect(JSON.parse(launch(process.execPath, "--version").stdout)).toMatchObject({ words: ["--version"] })
})

test("without either it says so and exits with 2", () => {
  const { status, stderr } = launch(process.execPath)

  expect(status).toBe(2)
  expect(stderr).toMatch(/^Found neither src\/main\.ts nor dist\/src\/main\.js.*\n$/)
})

describe.skipIf(oldNode === undefined)("with an old Node, as this machine has", () => {
  const old = oldNode ?? ""

  test.each(["node_modules", "../node_modules"])("it runs the Node in %s", async (modules) => {
    const inner = modules.startsWith("..") ? join(project, "inner") : project
    if (inner !== project) await cp(join(project, "bin"), join(inner, "bin"), { recursive: true })
    await installNode(join(inner, modules))
    await write(join(inner, "src/main.ts"), REPORTING_MAIN)

    const { stdout, status } = spawnSync(old, [join(inner, "bin/doorbuster.mjs"), "serve", "--port", "0"], {
      encoding: "utf8",
    })

    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ fit: true, words: ["serve", "--port", "0"] })
  })

  test("without one it says what to do and exits with 2", async () => {
    await write("src/main.ts", REPORTING_MAIN)

    const { status, stderr } = launch(old)

    expect(status).toBe(2)
    expect(stderr).toMatch(/^Doorbuster needs Node 24\.12 or newer.*node-.* is not installed: install .*\n$/)
  })

  test("it exits with the child's code", async () => {
    await installNode(join(project, "node_modules"))
    await write("src/main.ts", "process.exitCode = 7")

    expect(launch(old).status).toBe(7)
  })

  test("it ends by the signal that ended the child", async () => {
    await installNode(join(project, "node_modules"))
    await write("src/main.ts", `process.kill(process.pid, "SIGKILL")`)

    expect(launch(old).signal).toBe("SIGKILL")
  })

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("it passes %s on, once, and waits", async (signal) => {
    await installNode(join(project, "node_modules"))
    await write("src/main.ts", countingMain(signal))

    const child = spawn(old, [join(project, "bin/doorbuster.mjs")], { stdio: ["ignore", "pipe", "inherit"] })
    const output = collect(child)
    await output.until("ready")
    child.kill(signal)
    const [code] = await once(child, "exit")

    expect(code).toBe(5)
    expect(output.text()).toBe("ready\ncaught 1\n")
  })

  test.skipIf(!hasPython)("Ctrl-C in a terminal reaches the child once", async () => {
    await installNode(join(project, "node_modules"))
    await write("src/main.ts", countingMain("SIGINT"))
    await write("terminal.py", TERMINAL)

    const terminal = spawn("python3", [
      join(project, "terminal.py"),
      old,
      join(project, "bin/doorbuster.mjs"),
    ])
    const output = collect(terminal)
    await once(terminal, "close")

    expect(output.text().replaceAll("\r", "")).toMatch(/caught 1\n/)
    expect(output.text()).not.toMatch(/caught 2/)
  })
})

/** Waits for company after the first signal: a second one that comes within a moment would be seen. */
function countingMain(signal: string): string {
  return `let caught = 0
    const open = setInterval(() => undefined, 1000)
    process.on("${signal}", () => {
      console.log("caught " + ++caught)
      setTimeout(() => { clearInterval(open); process.exitCode = 5 }, 300)
    })
    console.log("ready")`
}

/** A terminal: runs a command on a pseudo-terminal, types Ctrl-C once it is ready, prints what it printed. */
const TERMINAL = `import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
typed = False
while True:
    try:
        chunk = os.read(terminal, 1024)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    if b"ready" in seen and not typed:
        os.write(terminal, b"\\x03")
        typed = True
sys.stdout.write(seen.decode())
`

function launch(node: string, ...words: string[]) {
  return spawnSync(node, [join(project, "bin/doorbuster.mjs"), ...words], { encoding: "utf8" })
}

async function write(path: string, text: string): Promise<void> {
  const target = path.startsWith("/") ? path : join(project, path)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, text)
}

async function installNode(modules: string): Promise<void> {
  const target = join(modules, NODE_PACKAGE, "bin")
  await mkdir(target, { recursive: true })
  await symlink(process.execPath, join(target, "node"))
}

function isOld(path: string): boolean {
  const { status, stdout } = spawnSync(path, ["--version"], { encoding: "utf8" })
  return status === 0 && Number(stdout.slice(1).split(".")[0]) < 24
}

function collect(child: ChildProcess) {
  let text = ""
  const waiting = new Map<string, () => void>()
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString()
    for (const [word, resolve] of waiting) if (text.includes(word)) resolve()
  })
  const until = async (word: string) =>
    new Promise<void>((resolve) => (text.includes(word) ? resolve() : waiting.set(word, resolve)))
  return { text: () => text, until }
}
