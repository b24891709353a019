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
  description: "Sells a limited number of units to a crowd that arrives all at once, exactly.",
  base: "/docs/guide/",
  // Paths are short; what the site needs beside its pages is in files, so that a policy can name what runs.
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
      // Those of the runbooks stand last in their lines.
      const links = [...part.matchAll(/(?:\| |· |^)\[([^\]]+)\]\(\.\/([^)#]+)\)/gm)]
      const items = links.map(([, label = "", link = ""]) => ({
        text: label,
        link: `/${directory}${pageName(link)}`,
      }))
      return { text, items: text === "Operating" ? sectionsOf("operate/") : items }
    })
}
