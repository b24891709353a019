import { hash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { PageAssets, PageData, RenderPage } from "../../web/shared/page-data.ts"
import { packageRoot } from "../package-root.ts"

/** The pages as `npm run build:web` has left them. */
export interface BuiltPages {
  /** A whole HTML document. */
  render(data: PageData): string
  /** Names what was built: pages of another build may look otherwise. */
  readonly build: string
  /** What browsers load, each under a name that its content gives it. */
  readonly assetsDirectory: string
}

/** Where the server finds what browsers load. */
export const ASSETS = "/assets/"

const built = new URL("dist/web/", packageRoot)

/** Loads the pages; null: they have not been built. */
export async function loadPages(): Promise<BuiltPages | null> {
  const manifest = await readFile(new URL("browser/manifest.json", built), "utf8").catch(unlessMissing)
  if (manifest === null) return null
  const assets = assetsOf(manifest)
  const { renderPage } = (await import(new URL("server/render.js", built).href)) as { renderPage: RenderPage }
  return {
    build: hash("sha256", manifest, "base64url").slice(0, 12),
    render: (data) => renderPage(data, assets),
    assetsDirectory: fileURLToPath(new URL("browser/", built)),
  }
}

interface Entry {
  readonly file: string
  readonly css?: readonly string[]
}

function assetsOf(manifest: string): PageAssets {
  const entries = JSON.parse(manifest) as Readonly<Record<string, Entry>>
  const entry = entries["storefront/browser.tsx"]
  if (entry === undefined) throw new Error("the built pages lack the storefront: run `npm run build:web`")
  return {
    script: `${ASSETS}${entry.file}`,
    styles: (entry.css ?? []).map((file) => `${ASSETS}${file}`),
  }
}

function unlessMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null
  throw error
}
