import { readdir, readFile, writeFile } from "node:fs/promises"
import { execFile } from "node:child_process"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { promisify } from "node:util"
import { gzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { startTestApp } from "../support/app.ts"
import { temporaryDirectory } from "../support/directory.ts"

const sources = new URL("../../client/src/", import.meta.url)
const read = (path: string) => readFile(new URL(path, sources), "utf8")

async function manifest(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await read(path)) as Record<string, unknown>
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/\bfrom "([^"]+)"|\bimport\(?\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  )
}

/** A file without types and comments, which every bundler removes; names are not shortened. */
async function codeOf(path: string): Promise<string> {
  const text = stripTypeScriptTypes((await read(path)).replace(/^\s*\/\*\*.*?\*\/$/gms, ""))
  const lines = text.split("\n").map((line) => line.trim())
  return lines.filter((line) => line !== "" && line !== ";" && !line.startsWith("//")).join("\n")
}

/** The files that are loaded with an entry, itself included; imports of types only do not count. */
async function loadedWith(entry: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
  if (seen.has(entry)) return seen
  const code = await codeOf(entry)
  seen.set(entry, code)
  for (const path of importsOf(code)) await loadedWith(path.slice(2), seen)
  return seen
}

function compressed(files: ReadonlyMap<string, string>): number {
  return gzipSync([...files.values()].join("\n"), { level: 9 }).length
}

test("its files are small", async () => {
  const texts = await Promise.all((await readdir(sources)).map(read))

  expect(Math.max(...texts.map((text) => text.split("\n").length))).toBeLessThan(400)
})

test("it imports nothing from outside, and has no dependencies", async () => {
  const names = await readdir(sources)
  const imports = (await Promise.all(names.map(read))).flatMap(importsOf)
  const { dependencies, peerDependencies, optionalDependencies } = await manifest("../package.json")

  expect(imports.length).toBeGreaterThan(20)
  expect(imports.filter((path) => !/^\.\/[a-z-]+\.ts$/.test(path))).toEqual([])
  expect([dependencies, peerDependencies, optionalDependencies]).toEqual([undefined, undefined, undefined])
})

test.each([/\bprocess\b/, /\bBuffer\b/, /\bwindow\b/, /\bdocument\./, /\brequire\b/, /\bnode:/])(
  "it uses nothing that only one platform has: %s",
  async (word) => {
    for (const name of await readdir(sources)) {
      const code = await codeOf(name)
      expect([name, word.test(code)]).toEqual([name, false])
    }
  },
)

describe("size, compressed by gzip, of the code without types and comments, before any other shortening", () => {
  test("a buyer's page loads less than 8 kB, and none of the shop's code", async () => {
    const files = await loadedWith("index.ts")

    expect(files.size).toBeGreaterThan(8)
    expect([...files.keys()].filter((name) => name.startsWith("admin"))).toEqual([])
    expect([...files.values()].join("\n")).not.toContain("/api/admin")
    expect(compressed(files)).toBeLessThan(8_000)
  })

  test("the shop's part is small as well", async () => {
    expect(compressed(await loadedWith("admin.ts"))).toBeLessThan(8_000)
  })
})

test("it has the server's version and licence, and every file of its exports is built", async () => {
  const [client, server] = [await manifest("../package.json"), await manifest("../../package.json")]

  expect([client["version"], client["license"]]).toEqual([server["version"], server["license"]])
  expect(await read("../LICENSE")).toBe(await read("../../LICENSE"))
  const targets = [...JSON.stringify(client["exports"]).matchAll(/dist\/(\w+)\.(?:d\.ts|js)/g)]
  expect(targets).toHaveLength(4)
  for (const [, name] of targets) expect(await readdir(sources)).toContain(`${name}.ts`)
})

describe("the examples of the README", () => {
  /** The code blocks of a page, as one program. */
  async function examples(path: string): Promise<string> {
    const blocks = [...(await read(path)).matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? "")
    return blocks.join("\n")
  }

  const local = (path: string) =>
    path.replace("doorbuster-client/", "client/src/").replace(/^doorbuster-client$/, "client/src/index")

  test("are the ones that are compiled here", async () => {
    const lines = (text: string) =>
      text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) =>
          line.replace(/from "(doorbuster[^"]*)"/, (_, path: string) => `from "../../${local(path)}.ts"`),
        )
        .sort()
    const compiled = await readFile(new URL("examples.ts", import.meta.url), "utf8")
    const isOwn = (line: string) => /^(?:\/\/ The|\/\*\* Stands|function render)/.test(line)

    expect(lines(await examples("../README.md"))).toEqual(lines(compiled).filter((line) => !isOwn(line)))
  })

  test("in the guide are some of them", async () => {
    const compiled = new Set((await examples("../README.md")).split("\n"))
    const lines = (await examples("../../docs/guides/client.md"))
      .split("\n")
      .filter((line) => !line.startsWith("import "))

    expect(lines.length).toBeGreaterThan(3)
    expect(lines.filter((line) => !compiled.has(line))).toEqual([])
  })

  test("do and print what their comments say, on a new server", async () => {
    await using app = await startTestApp()
    await using directory = await temporaryDirectory()
    const program = (await readFile(new URL("examples.ts", import.meta.url), "utf8"))
      .replaceAll("../../client/src/", sources.href)
      .replaceAll("http://127.0.0.1:8000", app.url)
    const path = join(directory.path, "examples.ts")
    await writeFile(path, program)
    const promised = [...program.matchAll(/^ *console\.log\(.*\) \/\/ (.*)$/gm)].map((match) => match[1])

    const { stdout } = await promisify(execFile)(process.execPath, [path])

    expect(promised.length).toBeGreaterThan(5)
    expect(stdout.trim().split("\n")).toEqual(promised)
  })
})
