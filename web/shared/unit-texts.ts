/** `1 unit`, `5 units`. */
export function unitsOf(count: number): string {
  return count === 1 ? "1 unit" : `${count} units`
}

/** `is` or `are`, after so many. */
export function areFor(count: number): string {
  return count === 1 ? "is" : "are"
}
