import { useSignal } from "@preact/signals"
import type { OrderMail } from "../../client/src/admin.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { Dialog } from "./dialog.tsx"
import { Part } from "./order-money.tsx"
import { mailNames } from "./timeline-texts.ts"

const statuses: Readonly<Record<OrderMail["status"], string>> = {
  due: "waiting to be sent",
  sent: "sent",
  failed: "failed",
  skipped: "not sent: the order has no e-mail address",
}

let areRead = false

/** Says whether mails are not sent but read at `/simulator/mail`; call it before the first screen is shown. */
export function readMailsHere(are: boolean): void {
  areRead = are
}

interface MailsTableProps {
  readonly orderId: number
  readonly mails: readonly OrderMail[]
  readonly refresh: () => void
}

/** The mails to the buyer, each of which the shop can send again; nothing if there are none. */
export function MailsTable({ orderId, mails, refresh }: MailsTableProps) {
  const chosen = useSignal<OrderMail | null>(null)
  if (mails.length === 0) return null
  const close = () => {
    chosen.value = null
    refresh()
  }
  return (
    <>
      <Part
        id="mails"
        title="Mails"
        heads={["Mail", "Status", "Attempts", "Last error", "Changed", "Actions"]}
        numbers={[2]}
      >
        {mails.map((mail) => (
          <tr key={mail.mail_id}>
            <th scope="row">{mailNames[mail.kind]}</th>
            <td class={mail.status === "failed" ? "fault" : undefined}>{statuses[mail.status]}</td>
            <td class="number">{mail.attempts}</td>
            <td>{mail.last_error ?? <span class="muted">none</span>}</td>
            <td>
              <DateTime at={mail.updated_at} />
            </td>
            <td>
              {mail.status !== "due" && (
                <button type="button" class="button" onClick={() => void (chosen.value = mail)}>
                  Send again…
                </button>
              )}
            </td>
          </tr>
        ))}
      </Part>
      {areRead && (
        <p class="muted small">
          No mail leaves this server, which runs in open mode without a mail server:{" "}
          <a href="/simulator/mail">read the mails</a>.
        </p>
      )}
      {chosen.value !== null && <ResendDialog orderId={orderId} mail={chosen.value} close={close} />}
    </>
  )
}

interface ResendDialogProps {
  readonly orderId: number
  readonly mail: OrderMail
  readonly close: () => void
}

function ResendDialog({ orderId, mail, close }: ResendDialogProps) {
  const run = () => shop.orders.resendMail(orderId, mail.mail_id)
  return (
    <Dialog
      title={`Send the mail “${mailNames[mail.kind]}” again?`}
      action="Send again"
      run={run}
      close={close}
    >
      <p>It goes to the e-mail address that the order has now.</p>
    </Dialog>
  )
}
