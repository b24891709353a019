import { existsSync, readFileSync } from "node:fs"
import { defineConfig } from "vitepress"
import { headingName, pageName } from "./docs-links.ts"

// The site of docs/. scripts/build-docs.ts copies this file beside the pages that it has gathered and builds there.

interface Section {
  text: string
  items: ({ text: string; link: string } | Section)[]
}

export default defineConfig({
  title: "Doorbuster",
  description: "Sells a limited number of units to a crowd that arrives all at once, and never one too many.",
  base: "/docs/guide/",
  // Metadata in a file, because a page's content security policy names its inline scripts by their hashes.
  metaChunk: true,
  lastUpdated: false,
  markdown: { anchor: { slugify: headingName } },
  themeConfig: {
    sidebar: sectionsOf(""),
    search: { provider: "local" },
    outline: [2, 3],
    docFooter: { prev: false, next: false },
  },
})

/** The parts of the index page, with the page that each line of its tables begins with. */
function sectionsOf(directory: string): Section[] {
  const page = new URL(`../${directory}index.md`, import.meta.url)
  if (!existsSync(page)) return []
  return readFileSync(page, "utf8")
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const text = part.split("\n")[0] ?? ""
      // In the table of runbooks the link is in the last cell of a row, in the other tables in the first.
      const links = [...part.matchAll(/(?:\| |· |^)\[([^\]]+)\]\(\.\/([^)#]+)\)/gm)]
      const items = links.map(([, label = "", link = ""]) => ({
        text: label,
        link: `/${directory}${pageName(link)}`,
      }))
      return { text, items: text === "Operating" ? sectionsOf("operate/") : items }
    })
    .filter(({ items }) => items.length > 0)
}
