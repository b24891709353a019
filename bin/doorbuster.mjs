#!/usr/bin/env node
// Finds a Node that is new enough and runs the command line with it.
//
// The machine's own Node may be older than the one the project needs, and that old one is what runs this file:
// nothing here may be newer than Node 18.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import * as module from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** The same as "engines" in package.json: the first Node 24 that runs TypeScript sources without a warning. */
const OLDEST_FIT = [24, 12]

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Set by a launcher for the Node that it starts. */
const LAUNCHED = "DOORBUSTER_LAUNCHED"
/** Compiled code is kept among our own files, where nobody else can put any; saves half of every start. */
const compileCache = join(root, "node_modules", ".cache", "compile")
const entry = [join(root, "src", "main.ts"), join(root, "dist", "src", "main.js")].find((path) =>
  existsSync(path),
)
const node = isFit(process.versions.node) ? process.execPath : findInstalledNode()

if (entry === undefined) {
  refuse("Neither src/main.ts nor dist/src/main.js is there: reinstall doorbuster, or run `npm run build`.")
} else if (node === process.execPath) {
  endWithParent()
  module.enableCompileCache?.(compileCache)
  await import(pathToFileURL(entry).href)
} else if (node === undefined) {
  refuse(
    `Doorbuster needs Node ${OLDEST_FIT.join(".")} or newer, this is ${process.versions.node}, and the optional ` +
      `package ${nodePackage()} is not installed: install a newer Node, or run \`npm install\` without --omit=optional.`,
  )
} else {
  runWith(node)
}

/**
 * Stops in order when whoever started this process is gone: a signal to `npm start` ends npm's shell and one that
 * cannot be caught ends a launcher, and neither tells anybody. Nobody else's children are watched.
 */
function endWithParent() {
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const isOfNpm = process.env.npm_lifecycle_event !== undefined
  const isWatched = isOfNpm || process.env[LAUNCHED] !== undefined
  // One of several processes that serve is told by the first of them.
  if (!isWatched || process.platform === "win32" || process.connected) return
  const watch = setInterval(() => {
    // npm's own end leaves its shell behind as our parent. Whoever started a launcher may be gone.
    if (process.ppid === parent && (!isOfNpm || parentOf(parent) === grandparent)) return
    clearInterval(watch)
    process.kill(process.pid, "SIGTERM")
  }, 200)
  watch.unref()
}

/** Null where the system does not say. */
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

/** Becomes as good as the child: passes signals on to it, and ends as it ends. */
function runWith(node) {
  // In a group of its own: Ctrl-C and signals to a whole group reach it through us, once. A second one would tell it to
  // give up its orderly end.
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
