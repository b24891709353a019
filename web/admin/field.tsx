import { useSignal, type Signal } from "@preact/signals"
import { faultOf, type Reading } from "./form-values.ts"

export interface FieldProps {
  readonly id: string
  readonly label: string
  readonly value: Signal<string>
  readonly type?: "text" | "price" | "lines" | "number" | "datetime-local" | "url"
  readonly hint?: string
  /** The meaning of the text. An unreadable text keeps the form from being sent, and its fault replaces the hint. */
  readonly reading?: Reading<unknown>
  readonly required?: boolean
  readonly min?: number
  /** The language of the text, which is then written from its own side. */
  readonly lang?: string
  readonly list?: readonly (readonly [value: string, text: string])[]
}

type Input = HTMLInputElement | HTMLTextAreaElement

/** A labelled field with a hint, or with the fault of its text in place of the hint. */
export function Field({
  id,
  label,
  value,
  type = "text",
  hint,
  reading,
  required,
  min,
  lang,
  list,
}: FieldProps) {
  // Browsers report an incomplete entry, such as half a date, as an empty value. Only `validity` shows the difference.
  const isHalfWritten = useSignal(false)
  // Only once the form was to be sent, or the field was emptied: a form that is just begun is not full of faults.
  const isMissed = useSignal(false)
  const fault =
    (reading && faultOf(reading)) ??
    (isHalfWritten.value ? halfWrittenText(type) : null) ??
    (isMissed.value && required ? "Fill in this field." : null)
  const shown = fault ?? hint
  const hintId = shown === undefined ? undefined : `${id}-hint`
  const look = ({ currentTarget }: { readonly currentTarget: Input }) => {
    isHalfWritten.value = currentTarget.validity.badInput
    if (!currentTarget.validity.valueMissing) isMissed.value = false
    // The browser marks the field by itself then.
    else if (currentTarget.matches(":user-invalid")) isMissed.value = true
  }
  const common = {
    class: "field",
    id,
    value: value.value,
    required,
    ...(lang !== undefined && { lang, dir: "auto" as const }),
    "aria-describedby": hintId,
    "aria-invalid": fault === null ? undefined : true,
    // With a custom validity the browser does not send the form and moves the focus to the field.
    ref: (element: Input | null) => element?.setCustomValidity(fault ?? ""),
    autocomplete: "off",
    onInput(event: { readonly currentTarget: Input }) {
      look(event)
      value.value = event.currentTarget.value
    },
    onBlur: look,
    onInvalid(event: { readonly currentTarget: Input }) {
      look(event)
      isMissed.value = event.currentTarget.validity.valueMissing
    },
  } as const
  function input() {
    switch (type) {
      case "number":
        return <input type="number" min={min} {...common} />
      case "datetime-local":
        return <input type="datetime-local" step={1} {...common} />
      case "url":
        return <input type="url" {...common} />
      case "lines":
        return <textarea rows={4} {...common} />
      case "price":
        return <input type="text" inputMode="decimal" {...common} />
      case "text":
        return <input type="text" {...common} />
    }
  }
  return (
    <div class="entry">
      <label for={id}>{label}</label>
      {list === undefined ? (
        input()
      ) : (
        <select
          class="field"
          id={id}
          value={value.value}
          aria-describedby={hintId}
          // Not `onChange`: a form that listens to its inputs is rendered between the two events.
          onInput={({ currentTarget }) => void (value.value = currentTarget.value)}
        >
          {list.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      )}
      {shown !== undefined && (
        <p class={`${fault === null ? "muted" : "fault"} small tabular`} id={hintId}>
          {shown}
        </p>
      )}
    </div>
  )
}

/** True if all fields of the submitted form are readable. Otherwise the browser shows the first fault. */
export function isReadable({ currentTarget }: Event): boolean {
  return !(currentTarget instanceof HTMLFormElement) || currentTarget.reportValidity()
}

function halfWrittenText(type: FieldProps["type"]): string {
  if (type === "datetime-local") return "Complete the date and the time, or clear the field."
  return type === "number" ? "Enter a whole number." : "Correct this value."
}
