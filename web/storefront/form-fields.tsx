import type { ComponentChildren } from "preact"
import { useLanguage } from "./page-language.ts"

/** What all fields of the details form share. */
export interface FieldProps {
  /** The JSON pointer of its value. */
  readonly pointer: string
  readonly label: string
  /** The language of the label, where it is not the page's. */
  readonly lang?: string | undefined
  readonly required: boolean
  readonly help?: ComponentChildren
  /** Null: nothing is wrong. */
  readonly error: string | null
}

/** The id of a field's element. */
export function idOf(pointer: string): string {
  return pointer.slice(1).replaceAll("/", "-")
}

interface TextFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly input: {
    readonly type?: "text" | "email" | "tel"
    readonly inputMode?: "email" | "tel" | "text"
    readonly autocomplete?: string
    readonly autocapitalize?: "none" | "words" | "characters" | "sentences"
    readonly maxLength: number
    readonly enterKeyHint: "next" | "done"
  }
}

/** A field of one line of text. */
export function TextField({ value, onChange, input, ...field }: TextFieldProps) {
  const { type = "text", enterKeyHint, ...others } = input
  const shared = {
    ...others,
    ...controlOf(field),
    class: "field",
    enterkeyhint: enterKeyHint,
    spellcheck: false,
    value,
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
      onChange(currentTarget.value),
  }
  return (
    <div class="form-field">
      <FieldLabel {...field} />
      {type === "text" && <input {...shared} type="text" />}
      {type === "email" && <input {...shared} type="email" />}
      {type === "tel" && <input {...shared} type="tel" />}
      <Below {...field} />
    </div>
  )
}

interface SelectFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autocomplete?: string
  readonly options: readonly Option[]
  /** The text of the entry that chooses nothing. */
  readonly none: string
}

/** A value to choose, with the text to show. */
export interface Option {
  readonly value: string
  readonly label: string
  readonly lang?: string | undefined
}

/** A list to choose from. */
export function SelectField({ value, onChange, autocomplete, options, none, ...field }: SelectFieldProps) {
  return (
    <div class="form-field">
      <FieldLabel {...field} />
      <select
        {...controlOf(field)}
        class="field"
        autocomplete={autocomplete}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        <option value="">{none}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang}>
            {option.label}
          </option>
        ))}
      </select>
      <Below {...field} />
    </div>
  )
}

interface RadioFieldProps extends FieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: readonly Option[]
}

/** A few values to choose from, all of them in sight. An optional question has an entry that chooses none. */
export function RadioField({ value, onChange, options, ...field }: RadioFieldProps) {
  const { words } = useLanguage()
  const { pointer, required, error } = field
  const shown = required ? options : [...options, { value: "", label: words.form.noAnswer }]
  return (
    <fieldset class="form-field" aria-describedby={describedBy(field)}>
      <legend lang={field.lang}>
        {field.label} <Optional required={required} />
      </legend>
      {shown.map((option, index) => (
        <label key={option.value} class="option">
          <input
            // The first one, so that the focus can move to a question that has an error.
            id={index === 0 ? idOf(pointer) : undefined}
            type="radio"
            name={pointer}
            required={required}
            aria-invalid={error === null ? undefined : true}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span lang={option.lang}>{option.label}</span>
        </label>
      ))}
      <Below {...field} />
    </fieldset>
  )
}

interface CheckFieldProps extends FieldProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

/** A box to tick. */
export function CheckField({ checked, onChange, ...field }: CheckFieldProps) {
  return (
    <div class="form-field">
      <label class="option">
        <input
          {...controlOf(field)}
          type="checkbox"
          checked={checked}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
        <span>
          <span lang={field.lang}>{field.label}</span> <Optional required={field.required} />
        </span>
      </label>
      <Below {...field} />
    </div>
  )
}

function FieldLabel({ pointer, label, lang, required }: FieldProps) {
  return (
    <label for={idOf(pointer)}>
      <span lang={lang}>{label}</span> <Optional required={required} />
    </label>
  )
}

function Optional({ required }: { readonly required: boolean }) {
  const { words } = useLanguage()
  return required ? null : <span class="muted small">{words.form.optional}</span>
}

/** The help, and what is wrong. */
function Below({ pointer, help, error }: FieldProps) {
  return (
    <>
      {help !== undefined && (
        <div class="muted small" id={`${idOf(pointer)}-help`}>
          {help}
        </div>
      )}
      {error !== null && (
        <p class="field-error" id={`${idOf(pointer)}-error`}>
          {error}
        </p>
      )}
    </>
  )
}

function controlOf(field: FieldProps) {
  const { pointer, required, error } = field
  return {
    id: idOf(pointer),
    name: pointer,
    required,
    "aria-invalid": error === null ? undefined : true,
    "aria-describedby": describedBy(field),
  }
}

function describedBy({ pointer, help, error }: FieldProps): string | undefined {
  const ids = [help !== undefined && `${idOf(pointer)}-help`, error !== null && `${idOf(pointer)}-error`]
  return ids.filter((id) => id !== false).join(" ") || undefined
}
