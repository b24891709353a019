import { execFile } from "node:child_process"
import { copyFile, cp, mkdir, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import manifest from "../../package.json" with { type: "json" }

const root = fileURLToPath(new URL("../../", import.meta.url))

/** What npm packs without being told. */
const ALWAYS_PACKED = ["package.json", "README.md", "LICENSE"]

/** What `npm pack --json` says of a package. */
export interface Packed {
  readonly name: string
  readonly filename: string
  /** Bytes of the tarball. */
  readonly size: number
  /** Bytes of all files. */
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** Runs npm in a directory and returns what it prints. Fails with npm's own words. */
export async function npm(directory: string, ...words: string[]): Promise<string> {
  const isWindows = process.platform === "win32"
  return (await promisify(execFile)("npm", words, { cwd: directory, shell: isWindows })).stdout
}

/**
 * Packs the server into `directory`, from a copy of what is packed: the real `npm pack` would build the pages under the
 * tests that run at the same time. The documentation is left out, because its build takes half a minute.
 */
export async function packServer(directory: string): Promise<Packed> {
  await npm(root, "run", "-s", "build:server")
  const copy = join(directory, "copy")
  for (const path of [...ALWAYS_PACKED, ...manifest.files]) {
    if (path === "dist/docs/") continue
    await mkdir(dirname(join(copy, path)), { recursive: true })
    if (path.endsWith("/")) await cp(join(root, path), join(copy, path), { recursive: true })
    else await copyFile(join(root, path), join(copy, path))
  }
  const packed = await pack(copy, directory)
  await rm(copy, { recursive: true })
  return packed
}

/** Packs the client as it was built last into `directory`. */
export function packClient(directory: string): Promise<Packed> {
  return pack(join(root, "client"), directory)
}

async function pack(source: string, directory: string): Promise<Packed> {
  const words = ["pack", "--ignore-scripts", "--json", "--pack-destination", directory]
  const printed = JSON.parse(await npm(source, ...words)) as readonly Packed[] | Record<string, Packed>
  const [packed] = Object.values(printed)
  if (packed === undefined) throw new Error("npm packed nothing")
  return packed
}
