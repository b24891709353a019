/** Words of a search that say who a buyer is. */
const ofBuyers = ["email", "name"] as const

/**
 * Reads what the page searches for: from its address and, for what says who a buyer is, from the state of its entry in
 * the browser's history. That survives a reload and the way back, and neither a server nor the list of visited addresses
 * gets it.
 */
export function readAsked(): URLSearchParams {
  const asked = new URLSearchParams(location.search)
  const state = (history.state ?? {}) as Readonly<Record<string, unknown>>
  for (const word of ofBuyers) {
    const value = state[word]
    if (typeof value === "string") asked.set(word, value)
    else asked.delete(word)
  }
  return asked
}

/** Makes this search a new entry of the browser's history. */
export function rememberAsked(asked: URLSearchParams): void {
  const address = new URLSearchParams(asked)
  const state: Record<string, string> = {}
  for (const word of ofBuyers) {
    const value = address.get(word)
    if (value !== null) state[word] = value
    address.delete(word)
  }
  history.pushState(state, "", `/admin/search?${address.toString()}`)
}
