// A shop's text: paragraphs, lists and links, and nothing else, so that no text can change the page around it. A library
// for Markdown would be a third of the page's script and would have to be kept from doing the rest.

/** A part of a line; with an address it is a link. */
export interface Span {
  readonly text: string
  /** https only. */
  readonly address: string | null
}

/** A part of a text: the lines of a paragraph, or the items of a list. */
export interface Block {
  readonly kind: "paragraph" | "list"
  readonly lines: readonly (readonly Span[])[]
}

/**
 * Reads a text of the shop: an empty line begins a paragraph, lines that begin with `- ` or `* ` are a list, and
 * `[words](https://address)` and bare https addresses are links.
 */
export function blocksOf(text: string): Block[] {
  const blocks: { kind: Block["kind"]; lines: Span[][] }[] = []
  let isNew = true
  for (const line of text.split("\n")) {
    const [, item] = /^\s*[-*] +(.*)$/.exec(line) ?? []
    const kind = item === undefined ? "paragraph" : "list"
    const last = blocks.at(-1)
    if (line.trim() === "") isNew = true
    else if (isNew || last?.kind !== kind) {
      blocks.push({ kind, lines: [spansOf(item ?? line)] })
      isNew = false
    } else last.lines.push(spansOf(item ?? line))
  }
  return blocks
}

/** The text without its marks, as search engines show it. */
export function plainText(text: string): string {
  return text
    .replaceAll(link, (whole, words: string | undefined) => words ?? whole)
    .replaceAll(/^[-*] /gm, "")
}

/** Words in brackets with their address, or an address alone. What may end a sentence does not end an address. */
const link =
  /\[([^\][\n]{1,200})\]\((https:\/\/[^\s()<>"]{1,2000})\)|https:\/\/[^\s<>"]{0,1999}[^\s<>".,;:!?)\]'»”’]/g

function spansOf(line: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const { 0: whole, 1: words, 2: address, index } of line.matchAll(link)) {
    if (index > end) spans.push({ text: line.slice(end, index), address: null })
    spans.push({ text: words ?? whole, address: address ?? whole })
    end = index + whole.length
  }
  if (end < line.length) spans.push({ text: line.slice(end), address: null })
  return spans
}
