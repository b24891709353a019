import { useSignal } from "@preact/signals"
import type { TestAnswer, WebhookEndpoint } from "../../client/src/admin.ts"
import { explain, shop } from "./api.ts"
import { isMailbox } from "./mailbox.ts"

/** A button that sends a test event, and says what the endpoint answered. */
export function TestEvent({ endpoint: { endpoint_id: id, url } }: { readonly endpoint: WebhookEndpoint }) {
  const isSending = useSignal(false)
  const answer = useSignal<string>("")
  async function send(): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    answer.value = ""
    try {
      answer.value = isMailbox({ url })
        ? mailText(await shop.webhooks.test(id))
        : answerText(await shop.webhooks.test(id))
    } catch (error) {
      answer.value = explain(error)
    } finally {
      isSending.value = false
    }
  }
  return (
    <p class="test-event">
      <button
        type="button"
        class="button"
        aria-disabled={isSending.value}
        aria-label={`Send a test event to ${url}`}
        onClick={() => void send()}
      >
        {isSending.value ? "Sending…" : "Send a test event"}
      </button>{" "}
      <span role="status">{answer.value}</span>
    </p>
  )
}

function mailText({ delivered, error }: TestAnswer): string {
  return delivered ? "The mail server has taken the mail." : `Not sent: ${error}.`
}

function answerText({ delivered, response_status: status, error }: TestAnswer): string {
  if (delivered) return `Delivered: the endpoint answered ${status}.`
  return status === null ? `Not delivered: ${error}.` : `Not delivered: the endpoint answered ${status}.`
}
