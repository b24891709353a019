import type { Signal } from "@preact/signals"
import type { Page } from "../../client/src/index.ts"

/** What went wrong, if anything did. */
export function Failure({ text }: { readonly text: string | null }) {
  if (text === null) return null
  return (
    <p class="refusal" role="alert">
      {text}
    </p>
  )
}

export interface PagerProps {
  /** Null: it is being read. */
  readonly page: Pick<Page<unknown>, "data" | "next_cursor"> | null
  readonly cursor: Signal<string | undefined>
  /** What it means that there is nothing. */
  readonly nothing?: string
}

/** The way to the next page, and to the first; says that there is nothing where that is so. */
export function Pager({ page, cursor, nothing = "Nothing yet." }: PagerProps) {
  if (page === null) return <p class="muted">Reading…</p>
  const next = page.next_cursor
  return (
    <div class="pager">
      {page.data.length === 0 && (
        <p class="muted">
          {next === null ? nothing : "Nothing among these rows; there are more to look through."}
        </p>
      )}
      {cursor.value !== undefined && (
        <button type="button" class="button" onClick={() => void (cursor.value = undefined)}>
          To the beginning
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
