import { isCountry, requiredOfAddress } from "./address-fields.ts"

/** Whether a product asks its buyers for something; `no`: it refuses it. */
export type Demand = "required" | "optional" | "no"

/** A text for buyers: in one language, or by language. */
export type LocalText = string | Readonly<Record<string, string>>

/** One of the answers to choose from; a plain string is its own label. */
export type Choice = string | { readonly value: string; readonly label: LocalText }

/** A question of the shop's own. */
export interface Question {
  readonly key: string
  readonly kind: "text" | "choice" | "checkbox"
  readonly label: LocalText
  /** Null for every other kind than `choice`. */
  readonly choices: readonly Choice[] | null
  /** A required checkbox must be true. */
  readonly required: boolean
  readonly help: LocalText | null
  /** The address of a page about the question, such as the terms to agree to. */
  readonly link: string | null
}

/** What a product asks its buyers for. A product that asks for nothing has null in its place. */
export interface Collect {
  readonly email: Demand
  readonly name: Demand
  readonly phone: Demand
  readonly shippingAddress: Demand
  /** ISO 3166 codes of the countries that the shop ships to; null: every country. */
  readonly shippingCountries: readonly string[] | null
  readonly questions: readonly Question[]
}

/** A change of what a product asks for: the parts that are present. */
export type CollectChanges = Partial<Collect>

/** A postal address, as the buyer has written it. */
export interface Address {
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly region: string | null
  readonly postalCode: string | null
  /** An ISO 3166 code of two letters. */
  readonly country: string | null
}

/** What a buyer has told about an order; null: not given. Personal data. */
export interface Details {
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
  readonly shippingAddress: Address | null
  /** By the key of the question; questions that are not answered are absent. */
  readonly answers: Readonly<Record<string, string | boolean>>
}

/** The details of an order, as they are stored. */
export interface OrderDetails extends Details {
  readonly orderId: number
  /** True: they were erased, and no others may take their place. */
  readonly erased: boolean
}

/** A JSON pointer, and what is wrong there. */
export interface DetailsError {
  readonly pointer: string
  readonly detail: string
}

/** The details of an order of which nothing was told. */
export const noDetails: Details = { email: null, name: null, phone: null, shippingAddress: null, answers: {} }

/** True when nothing is told. */
export function isNothing({ email, name, phone, shippingAddress, answers }: Details): boolean {
  const told = email ?? name ?? phone ?? shippingAddress
  return told === null && Object.keys(answers).length === 0
}

const nothing: Collect = {
  email: "no",
  name: "no",
  phone: "no",
  shippingAddress: "no",
  shippingCountries: null,
  questions: [],
}

/** Returns what a product asks for after `changes`; null when it is nothing. */
export function changeCollect(before: Collect | null, changes: CollectChanges): Collect | null {
  const collect = { ...(before ?? nothing), ...changes }
  const asks = plainFields.some((field) => collect[field] !== "no")
  return asks || collect.shippingAddress !== "no" || collect.questions.length > 0 ? collect : null
}

const plainFields = ["email", "name", "phone"] as const

/**
 * Returns JSON pointers to what a product requires and `details` lack; null when nothing is missing. An address that is
 * not required has to be complete as well once it is begun, because nothing can be sent to half of one.
 */
export function missingDetails(collect: Collect | null, details: Details): readonly string[] | null {
  if (collect === null) return null
  const missing: string[] = []
  for (const field of plainFields)
    if (collect[field] === "required" && details[field] === null) missing.push(`/details/${field}`)
  missing.push(...missingAddress(collect, details.shippingAddress))
  for (const question of collect.questions)
    if (question.required && !isAnswered(question, details)) missing.push(`/details/answers/${question.key}`)
  return missing.length === 0 ? null : missing
}

function missingAddress({ shippingAddress }: Collect, address: Address | null): string[] {
  const pointer = "/details/shipping_address"
  if (shippingAddress === "no") return []
  if (address === null) return shippingAddress === "required" ? [pointer] : []
  const lacking = requiredOfAddress(address.country).filter((field) => address[field] === null)
  return lacking.map((field) => `${pointer}/${field === "postalCode" ? "postal_code" : field}`)
}

function isAnswered({ key, kind }: Question, { answers }: Details): boolean {
  if (!Object.hasOwn(answers, key)) return false
  return kind !== "checkbox" || answers[key] === true
}

/**
 * Returns what of `details` the product does not ask for or does not accept, with pointers into the details. What is
 * missing is no error.
 */
export function detailsErrors(collect: Collect | null, details: Details): DetailsError[] {
  if (collect === null) {
    return isNothing(details)
      ? []
      : [{ pointer: "", detail: "must be left out: the product asks for no details" }]
  }
  const errors: DetailsError[] = []
  for (const field of plainFields)
    if (collect[field] === "no" && details[field] !== null) {
      errors.push({ pointer: `/${field}`, detail: NOT_ASKED })
    }
  errors.push(...addressErrors(collect, details.shippingAddress))
  for (const [key, answer] of Object.entries(details.answers)) {
    const question = collect.questions.find((one) => one.key === key)
    const detail = answerError(question, answer)
    if (detail !== null) errors.push({ pointer: `/answers/${key}`, detail })
  }
  return errors
}

const NOT_ASKED = "must be left out: the product does not ask for it"

function addressErrors(
  { shippingAddress, shippingCountries }: Collect,
  address: Address | null,
): DetailsError[] {
  if (address === null) return []
  if (shippingAddress === "no") return [{ pointer: "/shipping_address", detail: NOT_ASKED }]
  const { country } = address
  if (country === null) return []
  const pointer = "/shipping_address/country"
  if (!isCountry(country)) return [{ pointer, detail: "must be a country code of ISO 3166" }]
  return shippingCountries === null || shippingCountries.includes(country)
    ? []
    : [{ pointer, detail: "must be a country that the shop ships to" }]
}

function answerError(question: Question | undefined, answer: string | boolean): string | null {
  if (question === undefined) return "must be left out: the product has no such question"
  switch (question.kind) {
    case "checkbox":
      return typeof answer === "boolean" ? null : "must be true or false"
    case "text":
      return typeof answer === "string" ? null : "must be a text"
    case "choice":
      return question.choices?.some((choice) => valueOf(choice) === answer) === true
        ? null
        : "must be the value of one of the choices"
  }
}

/** The value of a choice, which is what an answer has. */
export function valueOf(choice: Choice): string {
  return typeof choice === "string" ? choice : choice.value
}
