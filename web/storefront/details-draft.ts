import type {
  AddressLayout,
  Collect,
  Details,
  DetailsBody,
  FieldError,
  Product,
} from "../../client/src/index.ts"
import type { Draft } from "./asked-details.ts"

const ROOT = "/details"
const ADDRESS = `${ROOT}/shipping_address`
/** The pointer of the address's country. */
export const COUNTRY = `${ADDRESS}/country`
const parts = ["line1", "line2", "city", "region", "postal_code", "country"] as const
const plain = ["email", "name", "phone"] as const

/** Returns the pointer of a part of the address. */
export const addressPointer = (part: string) => `${ADDRESS}/${part}`
/** Returns the pointer of the answer to a question. */
export const answerPointer = (key: string) => `${ROOT}/answers/${key}`
/** Returns the pointer of one of the other fields. */
export const plainPointer = (field: (typeof plain)[number]) => `${ROOT}/${field}`

/** The entries of a form with the details that the shop has. */
export function draftOf({ shipping_address: address, answers, ...others }: Details): Draft {
  const draft: Record<string, string | boolean> = {}
  const put = (pointer: string, value: string | boolean | null | undefined) => {
    if (value !== null && value !== undefined) draft[pointer] = value
  }
  for (const field of plain) put(plainPointer(field), others[field])
  for (const part of parts) put(addressPointer(part), address?.[part])
  for (const [key, answer] of Object.entries(answers)) put(answerPointer(key), answer)
  return draft
}

/** The details to send: those that the product asks for and the buyer has entered. */
export function detailsOf(draft: Draft, product: Product, layout: AddressLayout): DetailsBody {
  const text = (pointer: string) => String(draft[pointer] ?? "").trim() || null
  const collect = product.collect
  const plainDetails = plain
    .filter((field) => isAsked(collect, field))
    .map((field) => [field, text(plainPointer(field))])
  const address = isAsked(collect, "shipping_address") ? addressOf(text, collect, layout) : null
  const questions = product.questions ?? []
  const answers = questions.flatMap(({ key, kind }) => {
    const answer = draft[answerPointer(key)]
    if (kind === "checkbox") return [[key, answer === true]]
    const given = text(answerPointer(key))
    return given === null ? [] : [[key, given]]
  })
  return {
    ...Object.fromEntries(plainDetails),
    ...(address !== null && { shipping_address: address }),
    ...(questions.length > 0 && { answers: Object.fromEntries(answers) }),
  }
}

/** The address, without the fields that its country does not have. An optional one of which only the country is chosen is none. */
function addressOf(
  text: (pointer: string) => string | null,
  collect: Collect | undefined,
  { fields }: AddressLayout,
): DetailsBody["shipping_address"] {
  const given = fields.flatMap(({ name }) => {
    const value = text(addressPointer(name))
    return value === null ? [] : [[name, value] as const]
  })
  if (given.length === 0 && collect?.shipping_address !== "required") return null
  return { ...Object.fromEntries(given), country: text(COUNTRY) }
}

/** The pointers of what is required and not entered, in the order of the form. */
export function missingIn(draft: Draft, product: Product, layout: AddressLayout): readonly string[] {
  const isEmpty = (pointer: string) => String(draft[pointer] ?? "").trim() === ""
  const { collect, questions = [] } = product
  const asked = plain.filter((field) => collect?.[field] === "required").map(plainPointer)
  const hasAddress =
    collect?.shipping_address === "required" ||
    (isAsked(collect, "shipping_address") && layout.fields.some(({ name }) => !isEmpty(addressPointer(name))))
  const address = hasAddress
    ? [COUNTRY, ...layout.fields.filter(({ required }) => required).map(({ name }) => addressPointer(name))]
    : []
  const answers = questions
    .filter(({ required }) => required)
    .map(({ kind, key }) => ({ kind, pointer: answerPointer(key) }))
    .filter(({ kind, pointer }) => (kind === "checkbox" ? draft[pointer] !== true : isEmpty(pointer)))
  return [...[...asked, ...address].filter(isEmpty), ...answers.map(({ pointer }) => pointer)]
}

/** True if the product asks for this, required or not. */
export function isAsked(collect: Collect | undefined, field: keyof Collect): boolean {
  return collect !== undefined && collect[field] !== undefined && collect[field] !== "no"
}

/** The server's reasons by pointer. The body that replaces an order's details is the details alone, so its pointers are shorter. */
export function reasonsIn(errors: readonly FieldError[]): ReadonlyMap<string, string> {
  return new Map(
    errors.map(({ pointer, detail }) => [pointer.startsWith(ROOT) ? pointer : `${ROOT}${pointer}`, detail]),
  )
}
