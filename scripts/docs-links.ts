import { dirname, join, relative } from "node:path/posix"

// Maps the pages of the repository to the pages of the site: which pages the site has, and where their links lead.

/** Pages outside of docs/ that the site has, by their path in the repository. */
export const pagesElsewhere: Readonly<Record<string, string>> = {
  "ARCHITECTURE.md": "internals/architecture.md",
  "CONTRIBUTING.md": "project/contributing.md",
  "SECURITY.md": "project/security.md",
  "CHANGELOG.md": "project/changelog.md",
  "test/README.md": "project/tests.md",
  "client/README.md": "guides/client-library.md",
  "examples/README.md": "guides/examples.md",
}

/** The path on the site of a file of the repository; null: the site does not have it. */
export function sitePath(path: string): string | null {
  if (path === "README.md" || path === "docs/README.md") return "index.md"
  if (path.startsWith("docs/")) return path.slice("docs/".length).replace(/(^|\/)README\.md$/, "$1index.md")
  return pagesElsewhere[path] ?? null
}

/** A page's text with its relative links as the site needs them. A link to a file that the site lacks becomes text. */
export function withSiteLinks(path: string, text: string): string {
  const own = sitePath(path) ?? path
  const parts = text.split(/(^```.*?^```$)/gms)
  return parts
    .map((part, index) => {
      if (index % 2 === 1) return part
      return part
        .replaceAll(/(?<!!)\[([^\]]*)\]\(([^)\s]+)\)/g, (link, label: string, target: string) => {
          const found = siteTarget(path, own, target)
          return found === null ? label : found === target ? link : `[${label}](${found})`
        })
        .replaceAll(/(!\[[^\]]*\]\(|src=")([^)"\s]+)/g, (_, before: string, target: string) => {
          return `${before}${siteTarget(path, own, target) ?? target}`
        })
    })
    .join("")
}

function siteTarget(path: string, own: string, target: string): string | null {
  if (/^(?:[a-z]+:|#)/.test(target)) return target
  const [file = "", anchor] = target.split("#")
  const found = sitePath(join(dirname(path), file))
  if (found === null) return null
  const link = relative(dirname(own), found)
  const lead = link.startsWith(".") ? link : `./${link}`
  return anchor === undefined ? lead : `${lead}#${anchor}`
}

/** The name of a heading, as GitHub makes it. */
export function headingName(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
    .trim()
    .replaceAll(" ", "-")
}

/** The path of a page as links of the site's navigation write it. */
export function pageName(link: string): string {
  return link
    .replace(/^\.\//, "")
    .replace(/(^|\/)index\.md$/, "$1")
    .replace(/\.md$/, "")
}
