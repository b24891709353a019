import { Registry } from "@prometheus-io/client"
import { Help, type Argument, type Command, type Option } from "commander"
import { readFile } from "node:fs/promises"
import { settingGroups } from "../src/config/meanings.ts"
import { schema, secretNames } from "../src/config/schema.ts"
import { createProgram } from "../src/cli/program.ts"
import { problemAdvice } from "../src/http/wire/problem-advice.ts"
import { problems, type AnyRefusal } from "../src/http/wire/problems.ts"
import { createMetrics } from "../src/metrics/metrics.ts"
import { createRedisMetrics } from "../src/metrics/redis-metrics.ts"
import { createOwnMetrics } from "../src/processes/metrics-exchange.ts"
import { version } from "../src/base/version.ts"

/** A page of docs/reference with a table that is written from the code, between two comments. */
interface ReferencePage {
  readonly path: string
  readonly table: () => Promise<string> | string
}

export const referencePages: readonly ReferencePage[] = [
  { path: "docs/reference/problems.md", table: problemTable },
  { path: "docs/reference/configuration.md", table: settingTables },
  { path: "docs/reference/command-line.md", table: commandSections },
  { path: "docs/reference/metrics.md", table: metricTable },
]

/** The badges of README, by path: the texts of their left and right halves. */
export const badges: Readonly<Record<string, readonly [string, string]>> = {
  "docs/badges/version.svg": ["version", version],
  "docs/badges/licence.svg": ["licence", "MIT"],
}

/** Draws a badge as SVG, so that no page has to load it from another server. */
export function badge([left, right]: readonly [string, string]): string {
  const widths = [left, right].map((text) => text.length * 7 + 14)
  const [leftWidth = 0, rightWidth = 0] = widths
  const text = (x: number, content: string) =>
    `<text x="${x}" y="14" fill="#fff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle">${content}</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${leftWidth + rightWidth}" height="20" role="img" aria-label="${left}: ${right}">`,
    `<rect width="${leftWidth + rightWidth}" height="20" rx="3" fill="#444"/>`,
    `<path d="M${leftWidth} 0h${rightWidth - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H${leftWidth}z" fill="#0a6b3d"/>`,
    text(leftWidth / 2, left),
    text(leftWidth + rightWidth / 2, right),
    "</svg>\n",
  ].join("")
}

const BEGIN = "<!-- written by `npm run reference`: begin -->"
const END = "<!-- written by `npm run reference`: end -->"

/** The text of the page with its table written anew from the code. Throws when the page lacks the two comments. */
export async function writtenPage({ path, table }: ReferencePage): Promise<string> {
  const text = await readFile(new URL(`../${path}`, import.meta.url), "utf8")
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`${path} has no place for its table`)
  return `${before}${BEGIN}\n\n${(await table()).trim()}\n\n${END}${after}`
}

/** A row for each status and code; the refusals that share one share the row. */
function problemTable(): string {
  const rows = new Map<string, string>()
  const codes = (Object.keys(problems) as AnyRefusal["code"][]).sort(byOwnCode)
  for (const name of codes) {
    const { status, code = name, title } = problems[name]
    const key = `${status} ${code}`
    if (!rows.has(key)) rows.set(key, row(status, `\`${code}\``, title, problemAdvice[name]))
  }
  return table(["status", "code", "title", "what to do"], [...rows.values()].sort(byStatus))
}

/** Refusals whose code on the wire is their own name come first. */
function byOwnCode(one: AnyRefusal["code"], other: AnyRefusal["code"]): number {
  return Number(problems[one].code !== undefined) - Number(problems[other].code !== undefined)
}

function byStatus(one: string, other: string): number {
  return Number(one.slice(2, 5)) - Number(other.slice(2, 5))
}

/** A table for each group of settings. */
function settingTables(): string {
  const properties: Record<string, { description: string; default?: string | number | boolean }> =
    schema.properties
  return Object.entries(settingGroups)
    .map(([group, settings]) => {
      const rows = Object.entries(settings).map(([name, { meaning, unset = "none" }]) => {
        const { description = "", default: value } = properties[name] ?? {}
        const shown = value === undefined ? unset : `\`${value}\``
        const mark = secretNames.includes(name) ? " *" : ""
        return row(`\`${name}\`${mark}`, shown, meaning, description)
      })
      return `## ${group}\n\n${table(["variable", "default", "meaning", "expects"], rows)}`
    })
    .join("\n\n")
}

const ENV_EXAMPLE_HEAD = `# Settings of Doorbuster, each with its default.
# Copy this file to .env in the directory where the server starts, and remove the # before each setting that you change.
# A # in a value begins a comment too: put a value that contains one in quotes.
# docs/reference/configuration.md says what each setting may hold. Written by npm run reference.
`

/** The file `.env.example`: every setting as a comment, with its default and what it means in one line. */
export function envExample(): string {
  const properties: Record<string, { description: string; default?: string | number | boolean }> =
    schema.properties
  const groups = Object.entries(settingGroups).map(([group, settings]) => {
    const entries = Object.entries(settings).map(([name, { meaning, unset }]) => {
      const ifUnset = unset === undefined ? "" : ` Not set: ${plainText(unset)}.`
      return `\n# ${plainText(meaning)}${ifUnset}\n#${name}=${properties[name]?.default ?? ""}\n`
    })
    return `\n# ---- ${group} ----\n${entries.join("")}`
  })
  return `${ENV_EXAMPLE_HEAD}${groups.join("")}`
}

/** Markdown without its marks; a sentence that only names another page is left out. */
function plainText(markdown: string): string {
  return markdown
    .replaceAll(/ See \[[^\]]*\]\([^)]*\)\./g, "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("`", "")
}

/** A section for each command, with its options. */
function commandSections(): string {
  const shown = new Help().visibleCommands(createProgram()).filter((command) => command.name() !== "help")
  return shown.map(commandSection).join("\n\n")
}

function commandSection(command: Command): string {
  const alias = command.alias()
  const also = alias === undefined ? "" : ` Also: \`${alias}\`.`
  const isOfBench = command.name() === "bench"
  const rows = isOfBench
    ? []
    : [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)]
  const options = rows.length === 0 ? "" : `\n\n${table(["option", "default", "meaning"], rows)}`
  return `## ${command.name()}\n\n${sentence(command.description())}${also}${options}`
}

function argumentRow(argument: Argument): string {
  return row(`\`[${argument.name()}${argument.variadic ? "..." : ""}]\``, "", sentence(argument.description))
}

function optionRow({ flags, description, defaultValue, negate, argChoices }: Option): string {
  const hasDefault = !negate && (typeof defaultValue === "string" || typeof defaultValue === "number")
  const choices =
    argChoices === undefined || description.includes(argChoices.join(", ")) ? "" : argChoices.join(", ")
  const meaning = sentence(description) + (choices === "" ? "" : ` One of: ${choices}.`)
  return row(`\`${flags}\``, hasDefault ? `\`${String(defaultValue)}\`` : "", meaning)
}

/** Every metric of ours; those of Node and of the process are the client library's. */
async function metricTable(): Promise<string> {
  const ofRedis = new Registry()
  createRedisMetrics(ofRedis)
  const registries = [createMetrics().registry, createOwnMetrics(() => 1).registry, ofRedis]
  const all = (await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()))).flat()
  const rows = all
    .filter(({ name }) => /^(?:doorbuster|http)_/.test(name))
    .map(({ name, type, help }) => row(`\`${name}\``, type, sentence(help)))
    .sort()
  return table(["metric", "type", "meaning"], rows)
}

function sentence(text: string): string {
  if (text === "") return ""
  const whole = text[0]?.toUpperCase() + text.slice(1)
  return /[.?!]$/.test(whole) ? whole : `${whole}.`
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return [row(...heads), `|${"---|".repeat(heads.length)}`, ...rows].join("\n")
}
