import { latePart } from "./late-part.tsx"

const form = latePart(async () => (await import("./mailbox-form.tsx")).MailboxForm)

/** Where a buyer confirms a mailbox. Its script is loaded only where a product is sold to confirmed mailboxes. */
export const MailboxForm = form.Part

/** Loads the script of the form in advance. */
export const loadMailboxForm = form.load
