import { existsSync, readFileSync } from "node:fs"
import { defineConfig } from "vitepress"
import { headingName, pageName } from "./docs-links.ts"

// The site of docs/. scripts/build-docs.ts copies this file beside the pages that it has gathered and builds there.

/** Links of the index that lead outside (a directory of examples, say) have been taken out before. */
interface Entry {
  readonly text: string
  readonly link: string
}

const index = new URL("../index.md", import.meta.url)

export default defineConfig({
  title: "Doorbuster",
  description: "Sells a limited number of units to a crowd that arrives all at once, exactly.",
  base: "/docs/guide/",
  // Paths are short; what the site needs beside its pages is in files, so that a policy can name what runs.
  metaChunk: true,
  lastUpdated: false,
  markdown: { anchor: { slugify: headingName } },
  themeConfig: {
    sidebar: existsSync(index) ? sectionsOf(readFileSync(index, "utf8")) : [],
    search: { provider: "local" },
    outline: [2, 3],
    docFooter: { prev: false, next: false },
  },
})

/** The parts of the index page, with the page that each line of its tables begins with. */
function sectionsOf(page: string): { text: string; collapsed: boolean; items: Entry[] }[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const links = [...part.matchAll(/(?:^\| |· |^)\[([^\]]+)\]\(([^)#]+)\)/gm)]
      const items = links.map(([, text = "", link = ""]) => ({ text, link: `/${pageName(link)}` }))
      return { text: part.split("\n")[0] ?? "", collapsed: false, items }
    })
}
