/**
 * Reads an id in a path, a query or a cursor. Null: the text is not a positive integer that JavaScript holds exactly.
 * Callers answer null as they answer an id that names nothing.
 */
export function parseId(text: string): number | null {
  if (!/^[1-9]\d{0,15}$/.test(text)) return null
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : null
}
