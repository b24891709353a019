import type { Signal } from "@preact/signals"
import type { Page } from "../../client/src/index.ts"

/** Shows an error message; null: shows nothing. */
export function Failure({ text }: { readonly text: string | null }) {
  if (text === null) return null
  return (
    <p class="refusal" role="alert">
      {text}
    </p>
  )
}

export interface PagerProps {
  /** Null: the page is loading. */
  readonly page: Pick<Page<unknown>, "data" | "next_cursor"> | null
  readonly cursor: Signal<string | undefined>
  /** Shown for an empty list. */
  readonly nothing?: string
}

/** Buttons to the next and the first page, or a text for an empty list. */
export function Pager({ page, cursor, nothing = "Nothing here yet." }: PagerProps) {
  if (page === null) return <p class="muted">Loading…</p>
  const next = page.next_cursor
  return (
    <div class="pager">
      {page.data.length === 0 && (
        <p class="muted">{next === null ? nothing : "No matches on this page; there are more pages."}</p>
      )}
      {cursor.value !== undefined && (
        <button type="button" class="button" onClick={() => void (cursor.value = undefined)}>
          First page
        </button>
      )}
      {next !== null && (
        <button type="button" class="button" onClick={() => void (cursor.value = next)}>
          Next page
        </button>
      )}
    </div>
  )
}
