import { useSignal } from "@preact/signals"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"

export interface EraseDialogProps {
  /** What the fields contain at first: the buyer that was searched for. */
  readonly email: string
  readonly customerId: string
  /** Called with the number of orders whose details were erased. */
  readonly erased: (orders: number) => void
  readonly close: () => void
}

const ways = [
  ["email", "E-mail address"],
  ["customer_id", "Customer id"],
] as const

/** Asks whose details to erase, by e-mail address or by customer id. */
export function EraseDialog({ email, customerId, erased, close }: EraseDialogProps) {
  const way = useSignal(email === "" && customerId !== "" ? "customer_id" : "email")
  const values = { email: useSignal(email), customer_id: useSignal(customerId) }
  const isByEmail = way.value === "email"

  async function run(): Promise<void> {
    const who = isByEmail ? { email: values.email.value.trim() } : { customer_id: values.customer_id.value }
    const { erased_orders } = await shop.erase(who)
    erased(erased_orders)
  }

  return (
    <Dialog title="Erase a buyer's details?" action="Erase the details" danger isForm run={run} close={close}>
      <Field id="erase-way" label="Find the buyer by" value={way} list={ways} />
      {isByEmail ? (
        <Field id="erase-email" label="E-mail address" value={values.email} required />
      ) : (
        <Field id="erase-customer" label="Customer id (exact)" value={values.customer_id} required />
      )}
      <p>
        Name, e-mail address, phone number, shipping address and answers are erased from all orders of this
        buyer, including those not shipped yet, and mails still waiting are not sent. Orders, payments and
        counts stay, and so do the customer id, your reference and metadata. This cannot be undone.
      </p>
    </Dialog>
  )
}
