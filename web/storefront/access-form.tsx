import type { AccessFormProps } from "./access-field.tsx"
import { useLanguage } from "./page-language.ts"

/** Where a buyer enters an access code; see access-field.tsx. */
export function AccessForm({ hint, model }: AccessFormProps) {
  const { access: words } = useLanguage().words
  const access = model.access.value
  const { code, state } = access
  const { pending } = model.view.value
  const isInactive = model.zone.value === null
  const isBusy = state === "checking" || pending !== null
  const isFault = state !== "idle" && state !== "checking"

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (isInactive || isBusy || !(event.currentTarget instanceof HTMLFormElement)) return
    const text = new FormData(event.currentTarget).get("access_code")
    if (typeof text === "string") model.actions.enterCode(text)
  }

  return (
    <form class="access" onSubmit={submit}>
      {code === null ? (
        <>
          <label for="access-code">{words.label}</label>
          <div class="access-entry">
            <input
              class="field"
              id="access-code"
              name="access_code"
              required
              maxLength={64}
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              enterkeyhint="go"
              dir="ltr"
              aria-describedby="access-code-hint"
              aria-invalid={state === "unknown" ? true : undefined}
            />
            <button class="button" type="submit" disabled={isInactive} aria-disabled={isBusy}>
              {state === "checking" ? words.checking : words.use}
            </button>
          </div>
        </>
      ) : (
        <p class="access-code">
          <span class="muted">{words.label}</span> <bdi class="tabular">{code}</bdi>
        </p>
      )}
      <p class={isFault ? "notice small" : "small"} id="access-code-hint" role="status">
        {hint}
      </p>
      {code !== null && (
        <button
          class="text-button"
          type="button"
          aria-disabled={isBusy}
          onClick={() => !isBusy && model.actions.enterCode(null)}
        >
          {words.another}
        </button>
      )}
    </form>
  )
}
