import type { CollectBody, QuestionBody } from "../../client/src/admin.ts"
import type { Choice, Collect, LocalText, Product, Question } from "../../client/src/index.ts"
import type { Reading } from "./form-values.ts"

/*
 * What a product asks its buyers for, as the texts of the form's fields. A text in several languages stands in one line,
 * `en: Size; de: Grösse`; a choice with another label than its value is `s = Small`.
 */

/** The most questions of a product, as the server allows them. */
export const MOST_QUESTIONS = 10

/** The texts of the fields of one question. */
export interface QuestionTexts {
  readonly label: string
  readonly kind: string
  readonly choices: string
  readonly isRequired: boolean
  readonly help: string
  readonly link: string
  readonly key: string
}

/** The empty fields of a new question. */
export const emptyQuestion: QuestionTexts = {
  label: "",
  kind: "text",
  choices: "",
  isRequired: false,
  help: "",
  link: "",
  key: "",
}

/** The kinds of questions in words. */
export const questionKinds = [
  ["text", "A line of text"],
  ["choice", "One of several choices"],
  ["checkbox", "A checkbox"],
] as const

/** The texts that show a question that the product has. */
export function questionTexts(question: Question): QuestionTexts {
  return {
    label: localTextOf(question.label),
    kind: question.kind,
    choices: (question.choices ?? []).map(choiceText).join("\n"),
    isRequired: question.required,
    help: question.help === undefined ? "" : localTextOf(question.help),
    link: question.link ?? "",
    key: question.key,
  }
}

function localTextOf(text: LocalText): string {
  if (typeof text === "string") return text
  return Object.entries(text)
    .map(([language, one]) => `${language}: ${one}`)
    .join("; ")
}

function choiceText(choice: Choice): string {
  return typeof choice === "string" ? choice : `${choice.value} = ${localTextOf(choice.label)}`
}

/** Reads a text in one language, or in several: `en: Size; de: Grösse`. */
export function readLocalText(text: string): LocalText {
  const parts = text.split(";").map((part) => /^\s*([a-z]{2,3}(?:-[\w-]+)?):\s*(\S.*?)\s*$/.exec(part))
  const languages = parts.flatMap((part) => (part === null ? [] : [[part[1] ?? "", part[2] ?? ""] as const]))
  return languages.length < parts.length ? text.trim() : Object.fromEntries(languages)
}

/** Reads choices, one per line: `Small`, or `s = Small` for the value `s` with another label. */
export function readChoices(text: string): Reading<readonly Choice[]> {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  if (lines.length === 0) return { kind: "unreadable", fault: "Enter the choices, one per line." }
  const choices = lines.map((line) => {
    const [, value, label] = /^([^=]*[^=\s])\s*=\s*(\S.*)$/.exec(line) ?? []
    return value === undefined || label === undefined ? line : { value, label: readLocalText(label) }
  })
  const values = choices.map((choice) => (typeof choice === "string" ? choice : choice.value))
  const twice = values.find((value, index) => values.indexOf(value) < index)
  if (twice !== undefined) return { kind: "unreadable", fault: `“${twice}” is there twice.` }
  return { kind: "value", value: choices }
}

/** The key of a question: the one that is typed, else one made from its label. */
export function keyOf({ key, label }: Pick<QuestionTexts, "key" | "label">): string {
  if (key.trim() !== "") return key.trim()
  const text = readLocalText(label)
  const words = typeof text === "string" ? text : (Object.values(text)[0] ?? "")
  return words
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 40)
    .replace(/^_|_$/g, "")
}

/** Reads the key of a question among those of `all` questions of the product. */
export function readKey(question: QuestionTexts, all: readonly QuestionTexts[]): Reading<string> {
  const key = keyOf(question)
  if (key === "" && question.label.trim() === "") return { kind: "empty" }
  if (!/^[a-z0-9_]{1,40}$/.test(key)) {
    return { kind: "unreadable", fault: "Enter up to 40 lowercase letters, digits or underscores." }
  }
  const isTaken = all.filter((other) => keyOf(other) === key).length > 1
  return isTaken
    ? { kind: "unreadable", fault: `Another question has the name “${key}”. Enter a different one.` }
    : { kind: "value", value: key }
}

/**
 * The question in the fields. `before` is the question that the product has under these fields: a text that was not
 * changed keeps its value, also where the field cannot show it exactly.
 */
export function questionIn(texts: QuestionTexts, before: Question | null): QuestionBody {
  const shown = before === null ? null : questionTexts(before)
  const choices =
    before?.choices !== undefined && shown?.choices === texts.choices
      ? before.choices
      : valueIn(readChoices(texts.choices))
  const help = texts.help.trim() === "" ? null : readLocalText(texts.help)
  return {
    key: keyOf(texts),
    kind: texts.kind as QuestionBody["kind"],
    label: before !== null && shown?.label === texts.label ? before.label : readLocalText(texts.label),
    ...(texts.kind === "choice" && { choices }),
    required: texts.isRequired,
    help: before?.help !== undefined && shown?.help === texts.help ? before.help : help,
    link: texts.link.trim() === "" ? null : texts.link.trim(),
  }
}

/** The value of a text that the form has accepted. */
function valueIn(reading: Reading<readonly Choice[]>): readonly Choice[] {
  return reading.kind === "value" ? reading.value : []
}

/** What the form says about the details of buyers. */
export interface CollectSettings {
  readonly collect: Required<CollectBody>
  readonly shipping_countries: readonly string[] | null
  readonly questions: readonly QuestionBody[]
}

const nothing: Collect = { email: "no", name: "no", phone: "no", shipping_address: "no" }

/** Keeps only what differs from the product; of a new product (null), what it asks for at all. */
export function changedCollect(settings: CollectSettings, product: Product | null): Partial<CollectSettings> {
  const { collect, shipping_countries, questions } = settings
  const before = product?.collect ?? nothing
  const isSame = (Object.keys(nothing) as (keyof Collect)[]).every((name) => collect[name] === before[name])
  const countries = (codes: readonly string[] | null | undefined) => [...(codes ?? [])].sort().join()
  const given = JSON.stringify(questions.map(canonical))
  return {
    ...(!isSame && { collect }),
    ...(countries(shipping_countries) !== countries(product?.shipping_countries) && { shipping_countries }),
    ...(given !== JSON.stringify((product?.questions ?? []).map(canonical)) && { questions }),
  }
}

function canonical({ key, kind, label, choices, required, help, link }: QuestionBody) {
  return [key, kind, label, choices ?? null, required ?? false, help ?? null, link ?? null]
}
