import type { PlannedLine } from "./variant-import.ts"

type AddedLine = Extract<PlannedLine, { kind: "new" }>

/** The server takes bodies of 64 KiB; one variant has less than 25 KB. */
const MOST_REQUEST_BYTES = 60_000

/** Puts the lines into requests that are small enough, in their order. */
export function requestsOf(added: readonly AddedLine[]): readonly (readonly AddedLine[])[] {
  const groups: AddedLine[][] = []
  let bytes = Infinity
  for (const planned of added) {
    const size = new TextEncoder().encode(JSON.stringify(planned.variant)).length + 1
    bytes += size
    if (bytes > MOST_REQUEST_BYTES) {
      groups.push([])
      bytes = size
    }
    groups.at(-1)?.push(planned)
  }
  return groups
}
