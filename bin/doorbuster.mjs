#!/usr/bin/env node
// Finds a Node that is new enough and runs the command line with it.
//
// The machine's own Node runs this file and may be older than the project needs, so this file may use only
// features of Node 18.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import * as module from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** The same as "engines" in package.json: the first Node 24 that runs TypeScript sources without a warning. */
const OLDEST_FIT = [24, 12]

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** A launcher sets this variable for the Node that it starts. */
const LAUNCHED = "DOORBUSTER_LAUNCHED"
/** Compiled code is cached inside the package, where no other user can write. It halves the time of a start. */
const compileCache = join(root, "node_modules", ".cache", "compile")
const entry = [join(root, "src", "main.ts"), join(root, "dist", "src", "main.js")].find((path) =>
  existsSync(path),
)
const node = isFit(process.versions.node) ? process.execPath : findInstalledNode()

if (entry === undefined) {
  refuse("Found neither src/main.ts nor dist/src/main.js: reinstall doorbuster, or run `npm run build`.")
} else if (node === process.execPath) {
  endWithParent()
  module.enableCompileCache?.(compileCache)
  await import(pathToFileURL(entry).href)
} else if (node === undefined) {
  refuse(
    `Doorbuster needs Node ${OLDEST_FIT.join(".")} or newer; this is Node ${process.versions.node}, and the optional ` +
      `package ${nodePackage()} is not installed: install a newer Node, or run \`npm install\` without --omit=optional.`,
  )
} else {
  runWith(node)
}

/**
 * Stops this process in order when the npm or launcher that started it is gone. A signal to `npm start` ends npm's
 * shell, and SIGKILL ends a launcher, without any signal to this process. Only processes that npm or a launcher
 * started do this.
 */
function endWithParent() {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const isOfNpm = process.env.npm_lifecycle_event !== undefined
  const isWatched = isOfNpm || process.env[LAUNCHED] !== undefined
  // Of several serving processes, the primary stops its children itself.
  if (!isWatched || process.platform === "win32" || process.connected) return
  const watch = setInterval(() => {
    // If npm ends, its shell stays as our parent, so the grandparent counts too. A launcher's own parent does not count.
    if (process.ppid === parent && (!isOfNpm || parentOf(parent) === grandparent)) return
    clearInterval(watch)
    process.kill(process.pid, "SIGTERM")
  }, 200)
  watch.unref()
}

/** Null if the system has no /proc. */
function parentOf(pid) {
  try {
    return /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? null
  } catch {
    return null
  }
}

function isFit(version) {
  const [major, minor] = version.split(".").map(Number)
  return major > OLDEST_FIT[0] || (major === OLDEST_FIT[0] && minor >= OLDEST_FIT[1])
}

function nodePackage() {
  return `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`
}

/** Looks in node_modules here and in every directory above, as Node does for packages. */
function findInstalledNode() {
  const binary = process.platform === "win32" ? "node.exe" : "node"
  for (let directory = root; ; directory = dirname(directory)) {
    const path = join(directory, "node_modules", nodePackage(), "bin", binary)
    if (existsSync(path)) return path
    if (directory === dirname(directory)) return undefined
  }
}

function refuse(message) {
  console.error(message)
  process.exitCode = 2
}

/** Runs the command line in a child, passes signals on to it, and ends with its exit code or signal. */
function runWith(node) {
  // In a process group of its own, so that Ctrl-C reaches it only through this process, once. The child takes a second
  // signal as the order to exit at once.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
    detached: true,
    env: { ...process.env, [LAUNCHED]: "1" },
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal))
  }
  child.on("error", (error) => refuse(`Cannot run ${node}: ${error.message}`))
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code
      return
    }
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
