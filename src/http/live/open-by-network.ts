/** How many streams each client's network has open. As large as there are such networks, and no larger. */
export interface OpenByNetwork {
  /** One more would be one too many. */
  isFull(network: string): boolean
  /** Counts a stream that has been opened. Returns what to call, once, when it has ended. */
  add(network: string): () => void
}

/** `most` 0: as many as somebody wants. */
export function createOpenByNetwork(most: number): OpenByNetwork {
  const open = new Map<string, number>()
  return {
    isFull: (network) => most > 0 && (open.get(network) ?? 0) >= most,
    add(network) {
      open.set(network, (open.get(network) ?? 0) + 1)
      return () => {
        const left = (open.get(network) ?? 0) - 1
        if (left > 0) open.set(network, left)
        else open.delete(network)
      }
    },
  }
}
