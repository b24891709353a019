import type { Question } from "../../client/src/index.ts"
import { answerPointer } from "./details-draft.ts"
import type { FieldTools } from "./field-tools.ts"
import { CheckField, RadioField, SelectField, TextField } from "./form-fields.tsx"
import { wantedLanguages } from "./language.ts"
import { useLanguage } from "./page-language.ts"
import { textFor } from "./local-text.ts"
import type { FormWords } from "./words/en-form.ts"

/** More choices than these are in a list, which takes less room. */
const MOST_RADIOS = 5

interface QuestionFieldsProps {
  readonly questions: readonly Question[]
  readonly tools: FieldTools
}

/** The shop's own questions. */
export function QuestionFields({ questions, tools }: QuestionFieldsProps) {
  return questions.map((question) => <QuestionField key={question.key} question={question} tools={tools} />)
}

function QuestionField({ question, tools }: { readonly question: Question; readonly tools: FieldTools }) {
  const language = useLanguage()
  const { form: texts } = language.words
  const wanted = wantedLanguages(language)
  const { kind, required } = question
  const pointer = answerPointer(question.key)
  const { text: label, lang } = textFor(question.label, wanted)
  const whenMissing = { text: texts.answer, choice: texts.choose, checkbox: texts.tick }[kind]
  const field = {
    pointer,
    label,
    lang,
    required,
    help: helpOf(question, label, { texts, wanted }),
    error: tools.errorOf(pointer, label, whenMissing),
  }
  if (kind === "checkbox") {
    return (
      <CheckField
        {...field}
        checked={tools.isTicked(pointer)}
        onChange={(value) => tools.put(pointer, value)}
      />
    )
  }
  const value = { value: tools.text(pointer), onChange: (given: string) => tools.put(pointer, given) }
  if (kind === "text") {
    return (
      <TextField
        {...field}
        {...value}
        input={{ maxLength: 1_000, enterKeyHint: "next", autocomplete: "off" }}
      />
    )
  }
  const options = (question.choices ?? []).map((choice) => {
    if (typeof choice === "string") return { value: choice, label: choice }
    const chosen = textFor(choice.label, wanted)
    return { value: choice.value, label: chosen.text, lang: chosen.lang }
  })
  return options.length > MOST_RADIOS ? (
    <SelectField {...field} {...value} options={options} none={required ? texts.chooseOne : texts.noAnswer} />
  ) : (
    <RadioField {...field} {...value} options={options} />
  )
}

interface HelpTools {
  readonly texts: FormWords
  readonly wanted: readonly string[]
}

/** The help, and the link of a question, such as the terms to agree to. Undefined: the question has neither. */
function helpOf({ help, link }: Question, label: string, { texts, wanted }: HelpTools) {
  if (help === undefined && link === undefined) return undefined
  const said = help === undefined ? null : textFor(help, wanted)
  return (
    <>
      {said !== null && <span lang={said.lang}>{said.text}</span>}{" "}
      {link !== undefined && (
        <a class="more" href={link} target="_blank" rel="noopener noreferrer">
          {texts.readMore}
          <span class="visually-hidden">: {label}</span> {texts.inNewTab}
        </a>
      )}
    </>
  )
}
