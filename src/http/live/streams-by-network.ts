/** Counts the open streams of each client network. Networks without one take no memory. */
export interface StreamsByNetwork {
  /** True when the network may not open another stream. */
  isFull(network: string): boolean
  /** Counts a stream. Returns a function to call, once, when the stream has ended. */
  add(network: string): () => void
}

/** Allows each network `most` streams; 0: no limit. */
export function createStreamsByNetwork(most: number): StreamsByNetwork {
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
