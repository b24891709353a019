import { Type, type Static } from "typebox"
import {
  type Choice,
  type Collect,
  type CollectChanges,
  type LocalText,
  type Question,
  valueOf,
} from "../domain/details.ts"
import { isCountry } from "../domain/address-fields.ts"
import { Label, LanguageTag, body, nullable, oneOf, orNull, prosePattern } from "./fields.ts"

/** The most questions of a product, and the most choices of a question. */
const MOST_QUESTIONS = 10
const MOST_CHOICES = 50
const LONGEST_LABEL = 255
const LONGEST_HELP = 2_000

/** Text in one language, or by language: `{"en": "Size", "de": "Grösse"}`. */
function localText(maxLength: number) {
  const text = { type: "string", minLength: 1, maxLength, pattern: prosePattern }
  return Type.Unsafe<LocalText>({
    anyOf: [
      text,
      {
        type: "object",
        minProperties: 1,
        maxProperties: 30,
        propertyNames: LanguageTag,
        additionalProperties: text,
      },
    ],
  })
}

const Demand = oneOf(["required", "optional", "no"])

const ChoiceBody = Type.Unsafe<Choice>({
  anyOf: [Label, body({ value: Label, label: localText(LONGEST_LABEL) })],
})

const QuestionBody = body({
  key: Type.String({ pattern: "^(?!__proto__$)[a-z0-9_]{1,40}$" }),
  kind: oneOf(["text", "choice", "checkbox"]),
  label: localText(LONGEST_LABEL),
  choices: Type.Optional(Type.Array(ChoiceBody, { minItems: 1, maxItems: MOST_CHOICES })),
  required: Type.Optional(Type.Boolean()),
  help: Type.Optional(Type.Unsafe<LocalText | null>({ anyOf: [localText(LONGEST_HELP), { type: "null" }] })),
  link: Type.Optional(
    orNull<string>("string", { maxLength: 2_000, pattern: "^https?://[^\\s\\u0000\\ud800-\\udfff]+$" }),
  ),
})

const demands = {
  email: Type.Optional(Demand),
  name: Type.Optional(Demand),
  phone: Type.Optional(Demand),
  shipping_address: Type.Optional(Demand),
}

/** What a request says about the details that a product asks its buyers for. Null: it asks for none of that part. */
export const collectSettings = {
  collect: Type.Optional(
    nullable(
      body(demands, { description: "whether buyers are asked for it; a member that is left out is not" }),
    ),
  ),
  shipping_countries: Type.Optional(
    nullable(Type.Array(Type.String({ pattern: "^[A-Z]{2}$" }), { minItems: 1, maxItems: 250 })),
  ),
  questions: Type.Optional(nullable(Type.Array(QuestionBody, { maxItems: MOST_QUESTIONS }))),
}

const Anything = Type.Unsafe<LocalText>({ description: "a text, or an object of texts by language" })

const QuestionWire = Type.Object({
  key: Type.String(),
  kind: oneOf(["text", "choice", "checkbox"]),
  label: Anything,
  choices: Type.Optional(
    Type.Array(Type.Unsafe<Choice>({ description: "a text, or an object of value and label" })),
  ),
  required: Type.Boolean(),
  help: Type.Optional(Anything),
  link: Type.Optional(Type.String()),
})

/** What a product asks its buyers for; all three are absent where it asks for nothing. */
export const collectFields = {
  collect: Type.Optional(
    Type.Object({ email: Demand, name: Demand, phone: Demand, shipping_address: Demand }),
  ),
  shipping_countries: Type.Optional(
    Type.Array(Type.String(), { description: "absent: the shop ships to every country" }),
  ),
  questions: Type.Optional(Type.Array(QuestionWire)),
}

const CollectWire = Type.Object(collectFields)

/** Makes the members of a product's JSON that say what it asks its buyers for. */
export function collectJson(collect: Collect | null): Static<typeof CollectWire> {
  if (collect === null) return {}
  const { email, name, phone, shippingAddress, shippingCountries, questions } = collect
  return {
    collect: { email, name, phone, shipping_address: shippingAddress },
    ...(shippingCountries !== null && { shipping_countries: [...shippingCountries] }),
    ...(questions.length > 0 && { questions: questions.map(questionJson) }),
  }
}

function questionJson({ key, kind, label, choices, required, help, link }: Question) {
  return {
    key,
    kind,
    label,
    ...(choices !== null && { choices: [...choices] }),
    required,
    ...(help !== null && { help }),
    ...(link !== null && { link }),
  }
}

const CollectBody = Type.Object(collectSettings)
type CollectGiven = Static<typeof CollectBody>

/** What is wrong with one field, named by a JSON pointer into the body. */
interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** Reads what a request says about the details; undefined: it says nothing. Returns errors that a schema cannot find. */
export function collectChanges(given: CollectGiven): CollectChanges | undefined | FieldError[] {
  const { collect, shipping_countries: countries, questions } = given
  if (collect === undefined && countries === undefined && questions === undefined) return undefined
  const errors = [...countryErrors(countries ?? []), ...questionErrors(questions ?? [])]
  if (errors.length > 0) return errors
  return {
    ...(collect !== undefined && demandsFrom(collect ?? {})),
    ...(countries !== undefined && { shippingCountries: countries }),
    ...(questions !== undefined && { questions: (questions ?? []).map(questionFrom) }),
  }
}

function demandsFrom({
  email = "no",
  name = "no",
  phone = "no",
  shipping_address = "no",
}: NonNullable<CollectGiven["collect"]>) {
  return { email, name, phone, shippingAddress: shipping_address }
}

function questionFrom({
  choices,
  required = false,
  help = null,
  link = null,
  ...same
}: Static<typeof QuestionBody>): Question {
  return { ...same, choices: choices ?? null, required, help, link }
}

function countryErrors(countries: readonly string[]): FieldError[] {
  return countries.flatMap((country, index) =>
    isCountry(country)
      ? []
      : [{ pointer: `/shipping_countries/${index}`, detail: "must be a country code of ISO 3166" }],
  )
}

function questionErrors(questions: readonly Static<typeof QuestionBody>[]): FieldError[] {
  return questions.flatMap(({ key, kind, choices }, index) => {
    const at = `/questions/${index}`
    const errors: FieldError[] = []
    if (questions.findIndex((other) => other.key === key) < index) {
      errors.push({ pointer: `${at}/key`, detail: "must differ from the keys of the other questions" })
    }
    if ((kind === "choice") !== (choices !== undefined)) {
      errors.push({ pointer: `${at}/choices`, detail: "must be given with kind choice, and only with it" })
    }
    const values = (choices ?? []).map(valueOf)
    if (new Set(values).size < values.length) {
      errors.push({ pointer: `${at}/choices`, detail: "must have different values" })
    }
    return errors
  })
}
