/** A page that is still there after this time could not be left. */
const LEAVES_WITHIN_MS = 15_000

/**
 * Leads to another page. Resolves when this one is shown again, or could not be left: until then it has to stay busy, because
 * a server that is slow to answer leaves it under the buyer's thumb, with the button for another reservation or payment
 * where the one that was pressed has been.
 */
export function leaveFor(address: string): Promise<void> {
  location.assign(address)
  return new Promise((resolve) => {
    addEventListener("pageshow", () => resolve(), { once: true })
    setTimeout(resolve, LEAVES_WITHIN_MS)
  })
}
