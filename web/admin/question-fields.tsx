import { signal, type Signal } from "@preact/signals"
import type { Question } from "../../client/src/index.ts"
import {
  emptyQuestion,
  keyOf,
  MOST_QUESTIONS,
  questionKinds,
  questionTexts,
  readChoices,
  readKey,
  type QuestionTexts,
} from "./collect-values.ts"
import { Field } from "./field.tsx"
import { readUrl, type Reading } from "./form-values.ts"

/** The fields of one question. */
export interface QuestionDraft {
  /** Tells it from the other ones on the page. */
  readonly id: number
  /** The question that the product has under these fields; null: a new one. */
  readonly before: Question | null
  readonly label: Signal<string>
  readonly kind: Signal<string>
  readonly choices: Signal<string>
  readonly isRequired: Signal<boolean>
  readonly help: Signal<string>
  readonly link: Signal<string>
  readonly key: Signal<string>
}

let lastId = 0

/** Makes the fields of a question; undefined: of a new one. */
export function newQuestion(before?: Question): QuestionDraft {
  lastId += 1
  const texts = before === undefined ? emptyQuestion : questionTexts(before)
  return {
    id: lastId,
    before: before ?? null,
    label: signal(texts.label),
    kind: signal(texts.kind),
    choices: signal(texts.choices),
    isRequired: signal(texts.isRequired),
    help: signal(texts.help),
    link: signal(texts.link),
    key: signal(texts.key),
  }
}

/** The texts in the fields of a question. */
export function textsIn(fields: QuestionDraft): QuestionTexts {
  return {
    label: fields.label.value,
    kind: fields.kind.value,
    choices: fields.choices.value,
    isRequired: fields.isRequired.value,
    help: fields.help.value,
    link: fields.link.value,
    key: fields.key.value,
  }
}

export interface QuestionListProps {
  readonly questions: Signal<readonly QuestionDraft[]>
  readonly refusalAt: (pointer: string) => string | null
}

/** The shop's own questions, which can be added, moved and removed. */
export function QuestionList({ questions, refusalAt }: QuestionListProps) {
  const all = questions.value
  function move(index: number, by: number): void {
    const moved = all.toSpliced(index, 1)
    const [question] = all.slice(index, index + 1)
    if (question !== undefined) questions.value = moved.toSpliced(index + by, 0, question)
  }
  function add(): void {
    const made = newQuestion()
    questions.value = [...all, made]
    // The fields are there after the next rendering.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#question-${made.id}-label`)?.focus())
  }
  return (
    <>
      <h3>Your own questions</h3>
      {all.length === 0 && (
        <p class="muted small">Such as a size, the engraving, or a box to agree to your terms.</p>
      )}
      {all.map((question, index) => (
        <fieldset key={question.id} class="variant-draft">
          <legend>Question {index + 1}</legend>
          <QuestionFields
            question={question}
            all={all.map(textsIn)}
            refusalAt={(field) => refusalAt(`/questions/${index}/${field}`)}
          />
          <div class="buttons">
            <button
              type="button"
              class="button"
              disabled={index === 0}
              aria-label={`Move question ${index + 1} up`}
              onClick={() => move(index, -1)}
            >
              Up
            </button>
            <button
              type="button"
              class="button"
              disabled={index === all.length - 1}
              aria-label={`Move question ${index + 1} down`}
              onClick={() => move(index, 1)}
            >
              Down
            </button>
            <button
              type="button"
              class="button"
              aria-label={`Remove question ${index + 1}`}
              onClick={() => void (questions.value = all.filter((one) => one !== question))}
            >
              Remove
            </button>
          </div>
        </fieldset>
      ))}
      {all.length < MOST_QUESTIONS && (
        <button type="button" class="button" onClick={add}>
          Add a question
        </button>
      )}
    </>
  )
}

interface QuestionFieldsProps {
  readonly question: QuestionDraft
  /** The texts of all questions, of which each needs another key. */
  readonly all: readonly QuestionTexts[]
  readonly refusalAt: (field: string) => string | null
}

function QuestionFields({ question, all, refusalAt }: QuestionFieldsProps) {
  const texts = textsIn(question)
  const id = (field: string) => `question-${question.id}-${field}`
  const refused = (field: string, reading: Reading<unknown> = { kind: "empty" }): Reading<unknown> => {
    const fault = refusalAt(field)
    return fault === null ? reading : { kind: "unreadable", fault }
  }
  const isCheckbox = texts.kind === "checkbox"
  return (
    <>
      <div class="side-by-side">
        <Field
          id={id("label")}
          label={isCheckbox ? "Text beside the box" : "Question"}
          value={question.label}
          required
          reading={refused("label")}
          hint="In several languages: en: Size; de: Grösse"
        />
        <Field id={id("kind")} label="Answer" value={question.kind} list={questionKinds} />
      </div>
      {texts.kind === "choice" && (
        <Field
          id={id("choices")}
          label="Choices"
          type="lines"
          value={question.choices}
          required
          reading={refused("choices", readChoices(texts.choices))}
          hint="One per line. s = Small shows buyers “Small” and exports “s”"
        />
      )}
      <label class="choice">
        <input
          type="checkbox"
          checked={question.isRequired.value}
          onInput={({ currentTarget }) => void (question.isRequired.value = currentTarget.checked)}
        />
        {isCheckbox ? "Buyers have to tick it" : "Buyers have to answer"}
      </label>
      <div class="side-by-side">
        <Field
          id={id("help")}
          label="Help"
          value={question.help}
          reading={refused("help")}
          hint="A sentence below the question; optional"
        />
        <Field
          id={id("link")}
          label="Link"
          type="url"
          value={question.link}
          reading={refused("link", readUrl(texts.link))}
          hint="A page to read first, such as your terms; optional"
        />
        <Field
          id={id("key")}
          label="Name in exports"
          value={question.key}
          reading={refused("key", readKey(texts, all))}
          hint={keyHint(question, texts)}
        />
      </div>
    </>
  )
}

function keyHint({ before }: QuestionDraft, texts: QuestionTexts): string {
  if (before !== null && keyOf(texts) !== before.key) return `Earlier answers keep the name “${before.key}”`
  const made = keyOf(texts)
  return texts.key === "" && made !== "" ? `Empty: “${made}”` : "Lowercase letters, digits and underscores"
}
