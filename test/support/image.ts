import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { npm } from "./npm.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** What an image says about how it is run. */
export interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly WorkingDir: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Healthcheck?: { readonly Test: readonly string[] }
}

/** An image that was built here, and unpacked. */
export interface BuiltImage {
  readonly config: ImageConfig
  /** The directory that holds the root of a container of the image. */
  readonly root: string
}

/** Whether to skip the tests that build an image. On CI a missing program is an error instead. */
export function leavesOutImages(): boolean {
  const lacking = lackingForImages()
  if (lacking === null) return false
  if (process.env["CI"] === "true") throw new Error(`The image cannot be built: ${lacking}`)
  console.log(`Skipped the tests that build the image: ${lacking}.`)
  return true
}

function lackingForImages(): string | null {
  if (process.platform !== "linux") return "that takes Linux"
  if (process.getuid?.() !== 0) return "that takes root"
  for (const program of ["buildah", "dpkg"]) {
    if (spawnSync(program, ["--version"]).status !== 0) return `the program ${program} is not installed`
  }
  return null
}

/**
 * Builds the image of the Containerfile as it is, below `directory`. Instead of the official image of Node, which the
 * machine may be unable to pull, its base is a root of the machine's own files under the same name.
 */
export async function buildImage(directory: string): Promise<BuiltImage> {
  const storage = join(directory, "storage.conf")
  await writeFile(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${directory}/graph"\nrunroot = "${directory}/run"\n`,
  )
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: storage, BUILDAH_ISOLATION: "chroot" }
  const run = async (program: string, ...words: string[]) =>
    (await promisify(execFile)(program, words, { env, cwd: root, maxBuffer: 1e8 })).stdout.trim()

  const [, base = ""] =
    /^ARG NODE_IMAGE=(.+)$/m.exec(await readFile(join(root, "Containerfile"), "utf8")) ?? []
  const npmDirectory = join((await npm(root, "root", "--global")).trim(), "npm")
  await run("bash", "test/packages/make-base.sh", base, process.execPath, npmDirectory)
  const cache = (await npm(root, "config", "get", "cache")).trim()
  await mkdir(cache, { recursive: true })
  const options = "--file Containerfile --format docker --pull=never --layers=false --tag doorbuster-test"
  const own = ["--volume", `${cache}:/npm-cache`, "--build-arg", "REVISION=test"]
  await run("buildah", "build", ...options.split(" "), ...own, ".")
  const inspected = JSON.parse(await run("buildah", "inspect", "--type", "image", "doorbuster-test")) as {
    readonly Docker: { readonly config: ImageConfig }
  }
  const container = await run("buildah", "from", "--pull=never", "doorbuster-test")
  return { config: inspected.Docker.config, root: await run("buildah", "mount", container) }
}

/**
 * Runs words in a container of the image, as the image says: its account, environment, working directory, and entry
 * point, unless `entry` is another one. The root is read-only, and no account gets more rights. The network is this
 * machine's.
 */
export function runImage(
  { config, root: container }: BuiltImage,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  entry: readonly string[] = config.Entrypoint,
): ChildProcess {
  const [user = "", group = user] = config.User.split(":")
  const script = `set -e
    mount --bind "$0" "$0"
    mount -o remount,ro,bind "$0"
    mount --rbind /proc "$0/proc"
    mount --bind /dev "$0/dev"
    exec "$@"`
  const account = [
    "setpriv",
    "--clear-groups",
    "--no-new-privs",
    "unshare",
    `--setgid=${group}`,
    `--setuid=${user}`,
  ]
  const inside = [`--root=${container}`, `--wd=${config.WorkingDir}`, "--"]
  const all = ["--mount", "sh", "-c", script, container, ...account, ...inside, ...entry, ...words]
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return spawn("unshare", all, {
    env: Object.fromEntries(
      [...config.Env, ...given].map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    ),
    stdio: ["ignore", "pipe", "pipe"],
  })
}
