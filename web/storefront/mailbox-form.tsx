import { useSignal, type Signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { storage } from "./browser-storage.ts"
import { ChallengeField, type ChallengeToken, type ShownChallenge } from "./challenge-field.tsx"
import type { MailboxAnswer, MailboxModel } from "./mailbox.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"

interface MailboxFormProps {
  readonly model: Pick<PageModel, "mailbox" | "challenge">
}

/** Where a buyer confirms a mailbox: the address, then the code that was mailed to it; then the mailbox that is confirmed. */
export function MailboxForm({ model: { mailbox, challenge } }: MailboxFormProps) {
  const { words } = useLanguage()
  /** The address that a code was asked for; null: none yet. Kept for a reload, because the mail may be read in this browser. */
  const asked = useSignal(storage.askedMailbox())
  /** What the field for the address contains at first: the address that no code came for. */
  const last = useSignal("")
  const confirmed = mailbox.confirmed.value
  if (confirmed !== null) {
    return (
      <div class="mailbox">
        <p role="status">{words.mailbox.confirmedAs(maskedAddress(confirmed.email))}</p>
        <button class="text-button" type="button" onClick={() => mailbox.forget()}>
          {words.mailbox.change}
        </button>
      </div>
    )
  }
  const ask = (email: string | null) => {
    storage.saveAskedMailbox(email)
    last.value = asked.value ?? ""
    asked.value = email
  }
  return (
    <div class="mailbox" role="group" aria-label={words.mailbox.title}>
      <p class="mailbox-title">{words.mailbox.title}</p>
      {asked.value === null ? (
        <AddressStep mailbox={mailbox} challenge={challenge} first={last.value} onAsked={ask} />
      ) : (
        <CodeStep
          mailbox={mailbox}
          email={asked.value}
          onOther={() => ask(null)}
          onDone={() => storage.saveAskedMailbox(null)}
        />
      )}
    </div>
  )
}

interface AddressStepProps {
  readonly mailbox: MailboxModel
  readonly challenge: PageModel["challenge"]
  readonly first: string
  readonly onAsked: (email: string) => void
}

function AddressStep({ mailbox, challenge, first, onAsked }: AddressStepProps) {
  const { words } = useLanguage()
  const answer = useSignal<MailboxAnswer | "busy" | null>(null)
  const token = useRef<ChallengeToken>(() => null)
  /** Another one after each request, because a token is valid once. */
  const round = useSignal(0)
  const field = useRef<HTMLInputElement>(null)

  async function submit(): Promise<void> {
    const email = field.current?.value.trim() ?? ""
    if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return wrong(answer, "wrong_email", field.current)
    answer.value = "busy"
    const given = await mailbox.ask(email, await token.current())
    token.current = () => null
    round.value += 1
    if (given === "done") return onAsked(email)
    wrong(answer, given, field.current)
  }

  return (
    <Step run={submit} isBusy={answer.value === "busy"}>
      <Field
        label={words.form.email}
        error={answer.value === "wrong_email" ? words.form.emailWrong : null}
        input={(id) => (
          <input
            ref={field}
            {...id}
            class="field"
            type="email"
            inputMode="email"
            autocomplete="email"
            autocapitalize="none"
            enterkeyhint="send"
            spellcheck={false}
            maxLength={254}
            defaultValue={first}
            required
          />
        )}
      />
      <p class="small">{words.mailbox.help}</p>
      {challenge !== null && !isElsewhere(challenge) && (
        <ChallengeField
          key={round.value}
          challenge={challenge}
          onToken={(given) => (token.current = given)}
        />
      )}
      {answer.value === "challenge" && challenge !== null && isElsewhere(challenge) ? (
        <p class="notice" role="alert">
          {words.mailbox.elsewhere} <a href={challenge.page}>{words.mailbox.goThere}</a>
        </p>
      ) : (
        <Said answer={answer} />
      )}
      <button class="button" type="submit" aria-disabled={answer.value === "busy"}>
        {answer.value === "busy" ? words.sending : words.mailbox.send}
      </button>
    </Step>
  )
}

interface CodeStepProps {
  readonly mailbox: MailboxModel
  readonly email: string
  readonly onOther: () => void
  readonly onDone: () => void
}

function CodeStep({ mailbox, email, onOther, onDone }: CodeStepProps) {
  const { words } = useLanguage()
  const answer = useSignal<MailboxAnswer | "busy" | null>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  async function submit(): Promise<void> {
    const code = field.current?.value.replaceAll(/\D/g, "") ?? ""
    if (code.length !== 6) return wrong(answer, "wrong_code", field.current)
    answer.value = "busy"
    const given = await mailbox.enter(email, code)
    if (given === "done") return onDone()
    wrong(answer, given, field.current)
  }

  return (
    <Step run={submit} isBusy={answer.value === "busy"}>
      <p role="status">{words.mailbox.sent(email)}</p>
      <Field
        label={words.mailbox.code}
        error={answer.value === "wrong_code" ? words.mailbox.wrongCode : null}
        input={(id) => (
          <input
            ref={field}
            {...id}
            class="field code tabular"
            dir="ltr"
            inputMode="numeric"
            autocomplete="one-time-code"
            enterkeyhint="done"
            // A space, as some mail programs copy one.
            maxLength={9}
            required
          />
        )}
      />
      <Said answer={answer} />
      <button class="button" type="submit" aria-disabled={answer.value === "busy"}>
        {answer.value === "busy" ? words.sending : words.mailbox.confirm}
      </button>
      <button class="text-button" type="button" onClick={onOther}>
        {words.mailbox.other}
      </button>
    </Step>
  )
}

/** Whether the buyer has to go to the shop's own page, which shows the challenge. */
function isElsewhere(
  challenge: NonNullable<PageModel["challenge"]>,
): challenge is Exclude<typeof challenge, ShownChallenge> {
  return typeof challenge === "object" && "page" in challenge
}

function wrong(
  answer: Signal<MailboxAnswer | "busy" | null>,
  given: MailboxAnswer,
  field: HTMLInputElement | null,
): void {
  answer.value = given
  if (given === "wrong_email" || given === "wrong_code") field?.focus()
}

interface StepProps {
  readonly run: () => Promise<void>
  readonly isBusy: boolean
  readonly children: ComponentChildren
}

function Step({ run, isBusy, children }: StepProps) {
  return (
    <form
      class="mailbox-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void run()
      }}
    >
      {children}
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly error: string | null
  readonly input: (attributes: {
    readonly id: string
    readonly "aria-invalid": true | undefined
    readonly "aria-describedby": string | undefined
  }) => ComponentChildren
}

function Field({ label, error, input }: FieldProps) {
  const id = useId()
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      {input({
        id,
        "aria-invalid": error === null ? undefined : true,
        "aria-describedby": error === null ? undefined : `${id}-error`,
      })}
      {error !== null && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

/** Why nothing came of a request, where it is not about what the field contains. */
function Said({ answer }: { readonly answer: Signal<MailboxAnswer | "busy" | null> }) {
  const { words } = useLanguage()
  const { value } = answer
  const isAboutField = value === "wrong_email" || value === "wrong_code"
  if (value === null || value === "busy" || value === "done" || isAboutField) return null
  return (
    <p class="notice" role="alert">
      {words.mailbox.failed[value]}
    </p>
  )
}

/** An address by which its owner recognizes it, and a reader over the shoulder does not: `a…@example.com`. */
function maskedAddress(email: string): string {
  const at = email.lastIndexOf("@")
  const [first = ""] = email
  return `${first}…${email.slice(at)}`
}
