import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { askForLinks, type FindAnswer } from "./find-request.ts"
import { useLanguage } from "./page-language.ts"

/** Has the links of a buyer's orders sent to their e-mail address; says so where no mail is sent. */
export function FindPage({ hasMail }: { readonly hasMail: boolean }) {
  const { words } = useLanguage()
  return (
    <main class="narrow">
      <h1>{words.findOrder}</h1>
      {hasMail ? <FindForm /> : <p class="notice">{words.found.no_mail}</p>}
    </main>
  )
}

function FindForm() {
  const { words } = useLanguage()
  const state = useSignal<FindAnswer | "asking" | "email_wrong" | null>(null)
  /** False until the scripts run: the form does nothing before. */
  const isActive = useSignal(false)
  const answer = useRef<HTMLParagraphElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    isActive.value = true
  }, [])
  useEffect(() => {
    if (state.value === "email_wrong") field.current?.focus()
    else answer.current?.focus()
  }, [state.value])

  function submit(event: SubmitEvent): void {
    event.preventDefault()
    if (state.value === "asking") return
    const email = field.current?.value.trim() ?? ""
    if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
      state.value = "email_wrong"
      return
    }
    state.value = "asking"
    void askForLinks(email).then((found) => (state.value = found))
  }

  const isWrong = state.value === "email_wrong"
  const said =
    state.value === null || state.value === "asking" || state.value === "email_wrong"
      ? null
      : words.found[state.value]
  return (
    <>
      <p>{words.findHelp}</p>
      <form class="details-form" noValidate onSubmit={submit}>
        <div class="form-field">
          <label for="email">{words.form.email}</label>
          <input
            ref={field}
            id="email"
            class="field"
            type="email"
            inputMode="email"
            autocomplete="email"
            autocapitalize="none"
            enterkeyhint="send"
            spellcheck={false}
            maxLength={254}
            required
            aria-invalid={isWrong ? true : undefined}
            aria-describedby={isWrong ? "email-error" : undefined}
          />
          {isWrong && (
            <p class="field-error" id="email-error">
              {words.form.emailWrong}
            </p>
          )}
        </div>
        <div class="actions">
          <button
            class="button primary"
            type="submit"
            disabled={!isActive.value}
            aria-disabled={state.value === "asking"}
          >
            {state.value === "asking" ? words.sending : words.sendLink}
          </button>
        </div>
        <noscript>
          <p class="notice">{words.findingNeedsScripts}</p>
        </noscript>
      </form>
      {said !== null && (
        <p ref={answer} class="notice" tabIndex={-1}>
          {said}
        </p>
      )}
    </>
  )
}
