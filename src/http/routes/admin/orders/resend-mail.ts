import { Type } from "typebox"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse } from "../../../wire/problems.ts"
import { mailJson, MailWire } from "../../../wire/whole-order.ts"

/** Registers `POST /api/admin/orders/{id}/mails/{mailId}/resend`. */
export function registerResendMail(admin: App, { mails }: Pick<Services, "mails">): void {
  admin.route({
    method: "POST",
    url: "/api/admin/orders/:id/mails/:mailId/resend",
    schema: {
      summary: "Send a mail of an order again",
      description:
        "The mail is due at once, with the address that the order has now. One that still waits to be sent is left as it is.",
      tags: ["admin"],
      security: needsRole("support"),
      params: Type.Object({ id: Type.String(), mailId: Type.String() }),
      response: { 200: MailWire, ...problemResponses },
    },
    async handler(request, reply) {
      const orderId = parseId(request.params.id)
      const mailId = request.params.mailId
      if (orderId === null || !isMailId(mailId)) return refuse(reply, { code: "mail_not_found" })
      await mails.queue.sendAgain(orderId, mailId)
      const mail = (await mails.contents.ofOrder(orderId)).find(({ id }) => id === mailId)
      return mail === undefined ? refuse(reply, { code: "mail_not_found" }) : mailJson(mail)
    },
  })
}

/** PostgreSQL refuses a text with U+0000, so only texts that can be an id reach it. */
function isMailId(text: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(text)
}
