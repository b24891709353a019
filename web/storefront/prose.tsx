import { blocksOf, type Span } from "../../src/base/prose-text.ts"

/** A text of the shop, with its lists and links. */
export function Prose({ text }: { readonly text: string }) {
  // Each part of the shop's text may be in another direction of writing than the page.
  return (
    <div class="prose">
      {blocksOf(text).map(({ kind, lines }, index) =>
        kind === "list" ? (
          <ul key={index} dir="auto">
            {lines.map((line, index) => (
              <li key={index}>
                <Line spans={line} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={index} dir="auto">
            {lines.map((line, index) => (
              <Line key={index} spans={line} breaks={index > 0} />
            ))}
          </p>
        ),
      )}
    </div>
  )
}

function Line({ spans, breaks = false }: { readonly spans: readonly Span[]; readonly breaks?: boolean }) {
  return (
    <>
      {breaks && <br />}
      {spans.map(({ text, address }, index) =>
        address === null ? (
          text
        ) : (
          <a key={index} href={address} rel="noopener">
            {text}
          </a>
        ),
      )}
    </>
  )
}
