import type { Signal } from "@preact/signals"

export interface FieldProps {
  readonly id: string
  readonly label: string
  readonly value: Signal<string>
  readonly type?: "text" | "price" | "lines" | "number" | "datetime-local" | "url"
  readonly hint?: string
  /** Why what is written there cannot be sent; it stands in the place of the hint. */
  readonly fault?: string | null
  readonly required?: boolean
  readonly min?: number
  readonly list?: readonly (readonly [value: string, text: string])[]
}

/** A field with its name and what it means. */
export function Field({ id, label, value, type = "text", hint, fault, required, min, list }: FieldProps) {
  const isWrong = fault !== undefined && fault !== null
  const said = isWrong ? fault : hint
  const hintId = said === undefined ? undefined : `${id}-hint`
  const take = (event: { readonly currentTarget: { readonly value: string } }) =>
    void (value.value = event.currentTarget.value)
  const common = {
    class: "field",
    id,
    value: value.value,
    required,
    "aria-describedby": hintId,
    "aria-invalid": isWrong ? true : undefined,
    ref: (element: HTMLInputElement | HTMLTextAreaElement | null) =>
      element?.setCustomValidity(isWrong ? fault : ""),
    autocomplete: "off",
    onInput: take,
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
        <select class="field" id={id} value={value.value} aria-describedby={hintId} onChange={take}>
          {list.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      )}
      {said !== undefined && (
        <p class={`${isWrong ? "fault" : "muted"} small figures`} id={hintId}>
          {said}
        </p>
      )}
    </div>
  )
}
