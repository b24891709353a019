import { useLanguage } from "./page-language.ts"

interface CustomerFieldProps {
  readonly customerId: string
  readonly isMissing: boolean
}

/** The field for the customer id, of a product with a limit per customer. */
export function CustomerField({ customerId, isMissing }: CustomerFieldProps) {
  const { words } = useLanguage()
  return (
    <div class="customer">
      <label for="customer">{words.customerId}</label>
      <input
        class="field"
        id="customer"
        name="customer"
        required
        // Requires a character other than a space.
        pattern=".*\S.*"
        title={words.enterCustomerId}
        aria-describedby="customer-hint"
        maxLength={255}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        defaultValue={customerId}
        aria-invalid={isMissing ? true : undefined}
      />
      <p class="small" id="customer-hint">
        {words.customerIdHelp}
      </p>
    </div>
  )
}

/** The customer id that a form was sent with; empty: it has no such field. */
export function customerIdIn(form: HTMLFormElement): string {
  const id = new FormData(form).get("customer")
  return typeof id === "string" ? id.trim() : ""
}
