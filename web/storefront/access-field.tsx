import type { Product } from "../../client/src/index.ts"
import { codeHint } from "./access-texts.ts"
import { asksCode, codesFrom } from "./buyer-opening.ts"
import type { Stage } from "./buyer-view.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"

/** A code would not change these. */
const noneNeeded: ReadonlySet<Stage["kind"]> = new Set<Stage["kind"]>(["held", "over", "sold_out"])

interface AccessFieldProps {
  readonly product: Product
  readonly model: PageModel
}

/**
 * The field for an access code, of a product with a phase that needs one, now or later. A code may be checked long before that.
 * Without it while everybody may buy: no code is spent then.
 */
export function AccessField({ product, model }: AccessFieldProps) {
  const language = useLanguage()
  const { access: words } = language.words
  const access = model.access.value
  const { stage, pending } = model.view.value
  const { code, state } = access
  if (!asksCode(product, model.nowMs.value) || noneNeeded.has(stage.kind)) {
    if (state !== "token_invalid") return null
    return <p class="notice">{language.words.notices.customer_token_invalid}</p>
  }
  const from = codesFrom(product, model.nowMs.value)
  const isInactive = model.zone.value === null
  const isBusy = state === "checking" || pending !== null
  const hint = codeHint(language, access, from, model.zone.value)
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
