import type { Logger } from "pino"
import type { Events } from "./events.ts"
import type { WebhookRefusal } from "./webhook-refusals.ts"

/** A browser that signs in to the control room. */
export interface Visitor {
  readonly address: string
  readonly requestId: string
}

/** A payment webhook that needs an operator. */
export type WebhookProblem = Omit<WebhookRefusal, "status" | "webhookId" | "path">

/** A buyer's payment that the provider did not open. */
export interface PaymentNotOpened {
  readonly orderId: number
  readonly provider: string
  readonly error: string
  readonly requestId: string
}

type Warnings = Pick<
  Events,
  | "signedIn"
  | "signInRefused"
  | "auditFailed"
  | "groupFailed"
  | "webhookIgnored"
  | "webhookUnclear"
  | "messageNotKept"
  | "paymentNotOpened"
>

/** The events that are log lines and nothing else. */
export function createWarnings(log: Logger): Warnings {
  return {
    groupFailed: (error) => log.warn({ err: error }, "A group of batches failed; each is tried alone."),
    signedIn: ({ address, requestId }, operator) =>
      log.info(
        { metric: "admin.signed_in", operator, address, request_id: requestId },
        "Signed in to the control room.",
      ),
    signInRefused({ address, requestId }) {
      const fields = { metric: "admin.sign_in_refused", address, request_id: requestId }
      log.warn(fields, "A wrong admin token was refused.")
    },
    auditFailed: (action, error) =>
      log.error(
        { metric: "admin.audit_failed", action, err: error },
        "An admin action could not be recorded.",
      ),
    webhookIgnored({ provider, reason, requestId }) {
      const fields = { provider, reason, request_id: requestId }
      log.warn(
        { metric: "webhook.ignored", ...fields },
        "Payment webhook ignored: it names no order, payment or refund of this installation.",
      )
    },
    webhookUnclear({ provider, key, reason, webhookId, requestId }) {
      const fields = { provider, key, reason, webhook_id: webhookId, request_id: requestId }
      log.warn(
        { metric: "webhook.unclear", ...fields },
        "Payment webhook not understood; parked for the money inbox.",
      )
    },
    messageNotKept({ provider, key, requestId }, error) {
      const fields = { provider, key, request_id: requestId, err: error }
      log.error(
        { metric: "webhook.message_not_kept", ...fields },
        "The text of a payment message could not be kept.",
      )
    },
    paymentNotOpened({ orderId, provider, error, requestId }) {
      const fields = { order_id: orderId, provider, error, request_id: requestId }
      log.warn({ metric: "payment.not_opened", ...fields }, "The provider did not open a payment.")
    },
  }
}
