import { hash } from "node:crypto"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { languageTags, type LanguageTag } from "../../client/src/languages.ts"
import type { AdminPage, RenderAdminPage } from "../../web/admin/admin-page.ts"
import type { PageAssets, RenderPage, ShopData, WholePageData } from "../../web/shared/page-data.ts"
import { packageRoot } from "../base/package-root.ts"

/** The pages that `npm run build:web` has built. */
export interface BuiltPages {
  /** Renders a whole HTML document in a language. `publicUrl`: the storefront's address; null: not configured. */
  render(data: WholePageData, tag: LanguageTag, publicUrl: string | null): string
  /** The address of the picture in a browser's tab. */
  iconOf(shop: ShopData): string
  /** Identifies this build, because another build may render pages differently. */
  readonly build: string
  /** Renders a whole HTML document of the control room. */
  renderAdmin(page: AdminPage): string
  /** The directory of the scripts and styles. Their names contain a hash of their content. */
  readonly assetsDirectory: string
  /** The directory of `embed.js` and of what it loads. */
  readonly embedDirectory: string
}

/** The path under which browsers load scripts and styles. */
export const ASSETS = "/assets/"

const built = new URL("dist/web/", packageRoot)
const MANIFEST = "browser/manifest.json"

/** True if the pages have been built. */
export function hasPages(): boolean {
  return existsSync(new URL(MANIFEST, built))
}

/** Loads the pages; null if they have not been built. */
export async function loadPages(): Promise<BuiltPages | null> {
  const manifest = await readFile(new URL(MANIFEST, built), "utf8").catch(unlessMissing)
  if (manifest === null) return null
  const storefront = new Map(
    languageTags.map((tag) => [tag, assetsOf(manifest, `storefront/entries/${tag}.ts`)]),
  )
  const admin = assetsOf(manifest, "admin/browser.tsx")
  const { renderPage, renderAdminPage, iconOf } = (await import(
    new URL("server/render.js", built).href
  )) as Renderers
  return {
    build: hash("sha256", manifest, "base64url").slice(0, 12),
    render(data, tag, publicUrl) {
      const assets = storefront.get(tag)
      if (assets === undefined) throw new Error(`there is no page in the language ${tag}`)
      return renderPage(data, assets, { tag, publicUrl })
    },
    iconOf,
    renderAdmin: (page) => renderAdminPage(page, admin),
    assetsDirectory: fileURLToPath(new URL("browser/", built)),
    embedDirectory: fileURLToPath(new URL("embed/", built)),
  }
}

interface Renderers {
  readonly renderPage: RenderPage
  readonly renderAdminPage: RenderAdminPage
  readonly iconOf: (shop: ShopData) => string
}

interface Entry {
  readonly file: string
  readonly css?: readonly string[]
  /** Names of entries whose code and styles come first. */
  readonly imports?: readonly string[]
}

function assetsOf(manifest: string, name: string): PageAssets {
  const entries = JSON.parse(manifest) as Readonly<Record<string, Entry>>
  const entry = entries[name]
  if (entry === undefined) throw new Error(`the built pages lack ${name}: run \`npm run build:web\``)
  return {
    script: `${ASSETS}${entry.file}`,
    preloads: importsOf(entries, name).map((file) => `${ASSETS}${file}`),
    styles: [...new Set(stylesOf(entries, name))].map((file) => `${ASSETS}${file}`),
  }
}

/** The files that an entry imports, each once. */
function importsOf(entries: Readonly<Record<string, Entry>>, name: string): readonly string[] {
  const files = new Set<string>()
  for (const imported of entries[name]?.imports ?? []) {
    for (const file of importsOf(entries, imported)) files.add(file)
    const file = entries[imported]?.file
    if (file !== undefined) files.add(file)
  }
  return [...files]
}

/** Shared styles come first, so that those of a page can override them. */
function stylesOf(entries: Readonly<Record<string, Entry>>, name: string): readonly string[] {
  const { css = [], imports = [] } = entries[name] ?? {}
  return [...imports.flatMap((imported) => stylesOf(entries, imported)), ...css]
}

function unlessMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null
  throw error
}
