import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { languageTags } from "../client/src/languages.ts"
import { build, type InlineConfig } from "vite"
import { writeApiReference } from "./api-reference.ts"

// Builds the pages into dist/web: the files for browsers, named by content, the server's render function, and the page
// of the API's description. `npm ci` runs it (prepare). It takes a few seconds.

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

const common: InlineConfig = {
  root: path("web"),
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
}

await build({
  ...common,
  base: "/assets/",
  build: {
    outDir: path("dist/web/browser"),
    emptyOutDir: true,
    assetsDir: "",
    manifest: "manifest.json",
    // Every asset is a file of its own, because a content security policy without 'unsafe-inline' forbids inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // A script for each language, with the words of that language alone.
      input: {
        ...Object.fromEntries(
          languageTags.map((tag) => [`storefront-${tag}`, path(`web/storefront/entries/${tag}.ts`)]),
        ),
        admin: path("web/admin/browser.tsx"),
      },
    },
  },
})

await build({
  ...common,
  ssr: { noExternal: true },
  build: {
    outDir: path("dist/web/server"),
    emptyOutDir: true,
    ssr: path("web/server.tsx"),
    rolldownOptions: { output: { entryFileNames: "render.js" } },
  },
})

// The button for pages of other sites: one script at a stable address, and the words of each language beside it.
await build({
  ...common,
  base: "./",
  // A page of another site, with a policy of its own, shows no challenge of the shop.
  resolve: { alias: [{ find: "./challenge-field.tsx", replacement: path("web/embed/no-challenge.ts") }] },
  build: {
    outDir: path("dist/web/embed"),
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { embed: path("web/embed/embed.ts") },
      // Without what only the storefront's own pages need, such as the form for details.
      treeshake: { moduleSideEffects: (id) => !id.includes("/web/storefront/") },
      output: { entryFileNames: "[name].js", chunkFileNames: "embed/[name]-[hash].js" },
    },
  },
})

await writeApiReference(path("dist/web/reference"))

await compress(path("dist/web/browser"), constants.BROTLI_MAX_QUALITY)
await compress(path("dist/web/embed"), constants.BROTLI_MAX_QUALITY)
// Four megabytes, which the best quality would take ten seconds for.
await compress(path("dist/web/reference/js"), 9)

/** Compresses the files once at build time, so that the server need not for each visitor. */
async function compress(directory: string, brotliQuality: number): Promise<void> {
  const names = (await readdir(directory, { recursive: true })).filter((name) =>
    /\.(?:js|css|svg)$/.test(name),
  )
  for (const name of names) {
    const file = join(directory, name)
    const content = await readFile(file)
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }
    await writeFile(`${file}.br`, brotliCompressSync(content, quality))
    await writeFile(`${file}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }))
  }
}
