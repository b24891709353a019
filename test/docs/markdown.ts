import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { glob, readFile } from "node:fs/promises"
import { dirname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { headingName } from "../../scripts/docs-links.ts"

export const root = fileURLToPath(new URL("../../", import.meta.url))

/** Directories with files of others, or that are built. */
const foreign = /(?:^|\/)(?:node_modules|dist|coverage|\.git|\.doorbuster[^/]*|\.stryker-tmp)(?:\/|$)/

/** Every file of the project whose name fits, by its path below the root. */
export async function filesLike(pattern: string): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob(pattern, { cwd: root, exclude: (name) => foreign.test(name) }))
    found.push(path)
  return found.sort()
}

/** A file of the project as text. */
export const readProject = (path: string) => readFile(join(root, path), "utf8")

/** A page without its blocks of code. */
export function prose(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, "")
}

/** What is wrong with the relative links of a page: files that are not there, headings that no page has. */
export async function brokenLinks(path: string, text: string): Promise<string[]> {
  const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
  const targets = links.map((match) => match[1] ?? match[2] ?? "")
  const broken: string[] = []
  for (const target of targets) {
    // An address, or a page of the place where the repository is hosted.
    if (/^[a-z]+:/.test(target) || target.startsWith("../../actions/")) continue
    const [file = "", anchor = ""] = target.split("#")
    const found = file === "" ? path : normalize(join(dirname(path), file))
    if (!existsSync(join(root, found))) broken.push(`${path}: ${target} is not there`)
    else if (anchor !== "" && !(await anchorsOf(found)).has(anchor))
      broken.push(`${path}: ${target}: no such heading`)
  }
  return broken
}

const known = new Map<string, Set<string>>()

async function anchorsOf(path: string): Promise<Set<string>> {
  const anchors = known.get(path) ?? anchorsIn(path.endsWith(".md") ? await readProject(path) : "")
  known.set(path, anchors)
  return anchors
}

/** Names of headings as GitHub makes them. */
export function anchorsIn(text: string): Set<string> {
  const headings = [...prose(text).matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? "")
  return new Set(headings.map((heading) => headingName(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1"))))
}

/** Runs a block of shell lines; its standard output. Fails where a line fails. */
export async function runShell(script: string, environment: NodeJS.Dict<string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd: root,
    env: { ...process.env, ...environment },
  })
  return stdout
}
