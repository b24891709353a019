/** Remembers each rendered page for a second. */
export interface PageMemory<Page> {
  /** Requests that arrive while a page is being made share it. A failure rejects all of them and is not remembered. */
  page(key: string): Promise<Page>
}

const MEMORY_MS = 1_000
/** More than a shop has lists. A caller that asks for more only empties the memory. */
const REMEMBERED = 100

/** Remembers the pages that `make` returns. `clock` returns milliseconds and never goes back. */
export function createPageMemory<Page>(
  make: (key: string) => Promise<Page>,
  clock: () => number = () => performance.now(),
): PageMemory<Page> {
  const pages = new Map<string, { readonly page: Promise<Page>; readonly madeAt: number }>()
  return {
    page(key) {
      const known = pages.get(key)
      if (known !== undefined && clock() - known.madeAt < MEMORY_MS) return known.page
      if (pages.size >= REMEMBERED) pages.clear()
      const page = make(key)
      const entry = { page, madeAt: clock() }
      pages.set(key, entry)
      page.catch(() => pages.get(key) === entry && pages.delete(key))
      return page
    },
  }
}
