/** Pages as they were made, for a second each. */
export interface PageMemory<Page> {
  /** All who ask while a page is being made get the same one. A failure is told to them, and forgotten. */
  page(key: number): Promise<Page>
}

const MEMORY_MS = 1_000
/** More than a shop has lists; who asks for others only makes this one start again. */
const REMEMBERED = 100

/** Remembers what `make` makes. `clock` tells milliseconds and never goes back. */
export function createPageMemory<Page>(
  make: (key: number) => Promise<Page>,
  clock: () => number = () => performance.now(),
): PageMemory<Page> {
  const pages = new Map<number, { readonly page: Promise<Page>; readonly madeAt: number }>()
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
