interface CustomerFieldProps {
  readonly customerId: string
  readonly isMissing: boolean
}

/** The field for the customer id, of a product with a limit per customer. */
export function CustomerField({ customerId, isMissing }: CustomerFieldProps) {
  return (
    <label class="customer">
      <span>Your customer id</span>
      <input
        class="field"
        name="customer"
        required
        // Requires a character other than a space.
        pattern=".*\S.*"
        title="Enter your customer id."
        maxLength={255}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        defaultValue={customerId}
        aria-invalid={isMissing ? true : undefined}
      />
    </label>
  )
}

/** The customer id that a form was sent with; empty: it has no such field. */
export function customerIdIn(form: HTMLFormElement): string {
  const id = new FormData(form).get("customer")
  return typeof id === "string" ? id.trim() : ""
}
