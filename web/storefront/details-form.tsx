import { signal, useSignal, type Signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks"
import type { Client, DetailsBody, FieldError, Product } from "../../client/src/index.ts"
import type { Draft } from "./asked-details.ts"
import { storage } from "./browser-storage.ts"
import { AddressFields } from "./address-fields.tsx"
import { useAddressLayout } from "./address-layouts.ts"
import { COUNTRY, detailsOf, isAsked, missingIn, plainPointer, reasonsIn } from "./details-draft.ts"
import { TextField, idOf } from "./form-fields.tsx"
import { useLanguage } from "./page-language.ts"
import { QuestionFields } from "./question-fields.tsx"
import type { FieldTools } from "./field-tools.ts"

interface DetailsFormProps {
  readonly product: Product
  readonly addresses: Client["addresses"]
  /** Where the browser keeps what is entered, for this tab. */
  readonly draftName: string
  /** What the fields show where the browser has kept nothing. */
  readonly initial: Draft
  /** The server's reasons for refusing the last details. */
  readonly errors: readonly FieldError[]
  readonly onSubmit: (details: DetailsBody) => void
  readonly isBusy: boolean
  /** The buttons. */
  readonly children: ComponentChildren
}

/** Asks for what a product collects of its buyers. */
export function DetailsForm(props: DetailsFormProps) {
  const { form: texts } = useLanguage().words
  const { product, errors, isBusy } = props
  const stored = useMemo(() => storedDraft(props.draftName, props.initial), [props.draftName])
  const draft = stored.value
  const form = useRef<HTMLFormElement>(null)
  const country = String(draft[COUNTRY] ?? "")
  const layout = useAddressLayout(props.addresses, country)
  const missing = useSignal<readonly string[]>([])
  /** Set when the buyer has sent the form: the first field with an error gets the focus. */
  const mustFocus = useRef(false)
  const reasons = reasonsIn(errors)
  /** Fields that were changed since their error came. */
  const changed = useSignal<ReadonlySet<string>>(new Set())
  useEffect(() => {
    changed.value = new Set()
    if (errors.length > 0) mustFocus.current = true
  }, [errors])
  useLayoutEffect(() => {
    if (!mustFocus.current) return
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]")
    if (first === null || first === undefined) return
    mustFocus.current = false
    first.focus()
  })

  // Read here, so that this component is rendered again with its fields, and can move the focus.
  const lacking = missing.value
  const corrected = changed.value
  const tools: FieldTools = {
    text: (pointer) => String(draft[pointer] ?? ""),
    isTicked: (pointer) => draft[pointer] === true,
    put(pointer, value) {
      changed.value = new Set([...changed.value, pointer])
      missing.value = missing.value.filter((other) => other !== pointer)
      // The newest draft: a browser that fills in a form changes several fields before the page is rendered again.
      stored.value = { ...stored.peek(), [pointer]: value }
      storage.saveDraft(props.draftName, stored.value)
    },
    errorOf(pointer, label, whenMissing) {
      if (lacking.includes(pointer)) return whenMissing
      const reason = corrected.has(pointer) ? undefined : reasons.get(pointer)
      if (reason === undefined) return null
      return pointer === plainPointer("email") ? texts.emailWrong : texts.fieldWrong(label, reason)
    },
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (isBusy) return
    const entered = stored.peek()
    missing.value = missingIn(entered, product, layout)
    mustFocus.current = true
    if (missing.value.length === 0) props.onSubmit(detailsOf(entered, product, layout))
  }

  const { collect } = product
  return (
    <form ref={form} class="details-form" noValidate aria-label={texts.yourDetails} onSubmit={submit}>
      {isAsked(collect, "email") && (
        <PlainField tools={tools} field="email" required={collect?.email === "required"} />
      )}
      {isAsked(collect, "name") && (
        <PlainField tools={tools} field="name" required={collect?.name === "required"} />
      )}
      {isAsked(collect, "phone") && (
        <PlainField tools={tools} field="phone" required={collect?.phone === "required"} />
      )}
      {isAsked(collect, "shipping_address") && (
        <AddressFields product={product} addresses={props.addresses} layout={layout} tools={tools} />
      )}
      <QuestionFields questions={product.questions ?? []} tools={tools} />
      <UnplacedReasons reasons={reasons} />
      {props.children}
    </form>
  )
}

function storedDraft(name: string, initial: Draft): Signal<Draft> {
  return signal(storage.draft(name) ?? initial)
}

const plainInputs = {
  email: { type: "email", inputMode: "email", autocomplete: "email", autocapitalize: "none", maxLength: 254 },
  name: { autocomplete: "name", autocapitalize: "words", maxLength: 200 },
  phone: { type: "tel", inputMode: "tel", autocomplete: "tel", maxLength: 50 },
} as const

interface PlainFieldProps {
  readonly tools: FieldTools
  readonly field: keyof typeof plainInputs
  readonly required: boolean
}

function PlainField({ tools, field, required }: PlainFieldProps) {
  const { form: texts } = useLanguage().words
  const pointer = plainPointer(field)
  const label = texts[field]
  return (
    <TextField
      pointer={pointer}
      label={label}
      required={required}
      error={tools.errorOf(pointer, label, texts.missing[field])}
      value={tools.text(pointer)}
      onChange={(value) => tools.put(pointer, value)}
      input={{ ...plainInputs[field], enterKeyHint: "next" }}
    />
  )
}

/** Says that the server refuses something that the form does not show, because the product has changed. */
function UnplacedReasons({ reasons }: { readonly reasons: ReadonlyMap<string, string> }) {
  const { form: texts } = useLanguage().words
  const unplaced = [...reasons].filter(([pointer]) => document.getElementById(idOf(pointer)) === null)
  if (unplaced.length === 0) return null
  return <p class="notice">{texts.changed}</p>
}
