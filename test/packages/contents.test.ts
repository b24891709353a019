import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { glob, readFile } from "node:fs/promises"
import { isBuiltin } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { temporaryDirectory, type TemporaryDirectory } from "../support/directory.ts"
import { packClient, packServer, type Packed } from "../support/npm.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
let directory: TemporaryDirectory
let packages: Record<"server" | "client", Packed>

beforeAll(async () => {
  directory = await temporaryDirectory()
  packages = { server: await packServer(directory.path), client: await packClient(directory.path) }
})
afterAll(() => directory[Symbol.asyncDispose]())

/** The files of the program that was built, without those for browsers. */
async function builtFiles(): Promise<string[]> {
  const found: string[] = []
  for await (const path of glob("dist/{src,client,web/shared}/**/*.js", { cwd: root })) found.push(path)
  return found
}

describe.each(["server", "client"] as const)("the package of the %s", (which) => {
  test("has no fault that publint knows", async () => {
    const tarball = await readFile(join(directory.path, packages[which].filename))
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer } })

    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  test("has types that fit its code, wherever modules can be imported", async () => {
    const tarball = await readFile(join(directory.path, packages[which].filename))
    const analysis = await checkPackage(createPackageFromTarballData(tarball))

    if (analysis.types === false) throw new Error("it has no types")
    const entries = { server: ["./client", "./client/admin"], client: [".", "./admin"] }[which]
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(entries))
    // Both packages are modules only, for Node 20 or newer: `require` of old Node versions finds nothing in them.
    const kinds = new Set<string>(["node16-esm", "bundler"])
    expect(
      analysis.problems.filter(
        (problem) => !("resolutionKind" in problem) || kinds.has(problem.resolutionKind),
      ),
    ).toEqual([])
  })

  test("has what it needs and nothing that only a developer needs", () => {
    const paths = packages[which].files.map(({ path }) => path)
    const needed = {
      server: [
        "bin/doorbuster.mjs",
        "client/dist/index.d.ts",
        "deploy/high-availability/patroni.yml",
        "deploy/grafana/doorbuster.json",
        "deploy/prometheus/alerts.yaml",
        "deploy/proxy/nginx.conf",
        "deploy/systemd/doorbuster@.service",
        "dist/src/main.js",
        "dist/web/browser/manifest.json",
        "dist/web/embed/embed.js",
        "dist/web/reference/index.html",
        "dist/web/server/render.js",
        "migrations/0001_core.sql",
        "openapi.json",
      ],
      client: ["dist/index.js", "dist/index.d.ts", "dist/admin.js", "dist/admin.d.ts"],
    }[which]

    expect(paths).toEqual(expect.arrayContaining([...needed, "README.md", "LICENSE", "package.json"]))
    expect(paths.filter((path) => /^(?:src|web|test|bench|scripts|docs|examples|\.)/.test(path))).toEqual([])
    expect(paths.filter((path) => /(?<!\.d)\.tsx?$|\.map$/.test(path))).toEqual([])
  })
})

test.each([
  // Kilobytes of the tarball, and of its files. The documentation, which is not counted here, adds 2,700 and 7,600.
  ["server", 5_500, 13_000],
  ["client", 60, 250],
] as const)("the %s's package is at most %i kB large, and %i kB unpacked", (which, packed, unpacked) => {
  expect(packages[which].size / 1_000).toBeLessThan(packed)
  expect(packages[which].unpackedSize / 1_000).toBeLessThan(unpacked)
})

test("the server depends on what its code imports, and on nothing else", async () => {
  const imported = new Set<string>()
  for (const path of [...(await builtFiles()), "dist/web/server/render.js"]) {
    const code = await readFile(join(root, path), "utf8")
    for (const [, name = ""] of code.matchAll(/\b(?:from|import)[ (]\s*"([a-z@][^"\n]*)"/g)) {
      const depth = name.startsWith("@") ? 2 : 1
      if (!isBuiltin(name)) imported.add(name.split("/").slice(0, depth).join("/"))
    }
  }

  expect([...imported].sort()).toEqual(Object.keys(manifest.dependencies).sort())
})

test("each character of a built file stands where it stands in the source, so stack traces need no source maps", async () => {
  const paths = await builtFiles()
  const moved: string[] = []
  for (const path of paths) {
    const built = await readFile(join(root, path), "utf8")
    const source = await readFile(join(root, path.replace(/^dist\//, "").replace(/\.js$/, ".ts")), "utf8")
    const asBuilt = source.replace(/("\.{1,2}\/[^"\n]+)\.ts"/g, '$1.js"')
    const isKept = built
      .split("")
      .every((character, place) => /[\s;]/.test(character) || asBuilt[place] === character)
    const lines = (text: string) => text.split("\n").length
    if (!isKept || lines(built) !== lines(source)) moved.push(path)
  }

  expect(paths.length).toBeGreaterThan(400)
  expect(moved).toEqual([])
})
