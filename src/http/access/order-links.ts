import { LINKS_PER_HOUR } from "../../domain/mails.ts"
import type { Limits } from "../../limits/limits.ts"

/** Mails the links of orders to the address that they were made with. */
export interface OrderLinks {
  /** Returns at once, whether there are orders or not; what follows is not to be waited for. */
  ask(email: string): void
  /** Resolves when everything that was asked for is written. */
  settled(): Promise<void>
}

/** Requests that are being served at one time; further ones are dropped, so that a flood takes no connections. */
const AT_ONCE = 4

/**
 * Makes the way to ask for the links of an address's orders. The answer does not wait for the look-up, so that neither
 * it nor its time tells whether the address has orders. A request that a crash interrupts is lost; the buyer asks again.
 */
export function createOrderLinks(
  ask: (email: string) => Promise<void>,
  onError: (error: unknown) => void,
  limits: Limits,
): OrderLinks {
  const underWay = new Set<Promise<void>>()
  // The database counts the mails of the orders that have the address now. Somebody who gave those orders another address
  // could have it mailed without end, so the requests for it are counted as well.
  const limit = limits.attempts({ name: "order links", most: LINKS_PER_HOUR, withinMs: 3_600_000 })
  async function askWithin(email: string): Promise<void> {
    if ((await limit.take(asciiLowerCase(email))) === 0) await ask(email)
  }
  return {
    ask(email) {
      if (underWay.size >= AT_ONCE) return
      const asked = askWithin(email)
        .catch(onError)
        .then(() => void underWay.delete(asked))
      underWay.add(asked)
    },
    settled: async () => void (await Promise.all(underWay)),
  }
}

/** The form in which addresses are compared, as in the database. */
function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
