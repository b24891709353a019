/** `1,200`. */
export function countText(count: number): string {
  return count.toLocaleString("en")
}

/** `1 unit`, `5 units`. */
export function unitsOf(count: number): string {
  return count === 1 ? "1 unit" : `${count} units`
}

/** `is` for one unit, otherwise `are`. */
export function areFor(count: number): string {
  return count === 1 ? "is" : "are"
}
