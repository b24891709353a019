import { createAttemptLimit } from "./attempt-limit.ts"

/** Mails the links of orders to the address that they were made with. */
export interface OrderLinks {
  /** Returns at once, whether there are orders or not; what follows is not to be waited for. */
  ask(email: string): void
  /** Resolves when everything that was asked for is written. */
  settled(): Promise<void>
}

/**
 * Mails an hour for an address, at each process. The database counts the mails of the orders that have the address now, so
 * that somebody who makes orders with it, and gives them another one, could have it mailed again.
 */
const MOST_OF_ADDRESS = 3
/** Requests that are being served at one time; further ones are dropped, so that a flood takes no connections. */
const AT_ONCE = 4

/**
 * Makes the way to ask for the links of an address's orders. The answer does not wait for the look-up, so that neither
 * it nor its time tells whether the address has orders. A request that a crash interrupts is lost; the buyer asks again.
 */
export function createOrderLinks(
  ask: (email: string) => Promise<void>,
  onError: (error: unknown) => void,
): OrderLinks {
  const underWay = new Set<Promise<void>>()
  const limit = createAttemptLimit({ most: MOST_OF_ADDRESS, withinMs: 3_600_000 })
  return {
    ask(email) {
      if (
        underWay.size >= AT_ONCE ||
        limit.take(email.replace(/[A-Z]/g, (letter) => letter.toLowerCase())) > 0
      )
        return
      const asked = ask(email)
        .catch(onError)
        .then(() => void underWay.delete(asked))
      underWay.add(asked)
    },
    settled: async () => void (await Promise.all(underWay)),
  }
}
