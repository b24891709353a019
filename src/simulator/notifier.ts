import { deliveredOnce, type DeliveryPlan } from "./plan.ts"
import type { WebhookSender } from "./webhook-sender.ts"

/** Delivers the provider's events to the shop according to a plan. Callers reserve room for the messages first. */
export interface Notifier {
  /** Reserves room for that many messages; false if too many wait to be delivered. */
  reserve(messages: number): boolean
  /** Returns room that is not needed any more. */
  release(messages: number): void
  /** Sends the copies, a forged one first. Resolves when the shop has accepted the first copy, or it was given up. */
  notify(event: { readonly id: string }, delivery?: DeliveryPlan): Promise<unknown>
}

/** Makes the notifier of one simulator. */
export function createNotifier(sender: WebhookSender): Notifier {
  return {
    reserve: (messages) => sender.reserve(messages),
    release: (messages) => sender.release(messages),
    notify(event, { pausesMs, badSignature } = deliveredOnce) {
      const message = { id: event.id, body: JSON.stringify(event) }
      if (badSignature) void sender.send({ ...message, pauseMs: 0, isForged: true })
      const [first] = pausesMs.map((pauseMs) => sender.send({ ...message, pauseMs }))
      return first ?? Promise.resolve()
    },
  }
}

/** How many messages {@link Notifier.notify} sends. */
export function messagesOf({ pausesMs, badSignature }: DeliveryPlan): number {
  return pausesMs.length + (badSignature ? 1 : 0)
}
