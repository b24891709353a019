import { countryName } from "../shared/countries.ts"
import type { Address, LocalText, Question } from "../../client/src/index.ts"

/** A text for buyers in the language of the control room, else in the first one that it has. */
export function textOf(text: LocalText): string {
  if (typeof text === "string") return text
  return text["en"] ?? Object.values(text)[0] ?? ""
}

/** The label of a question; a key that the product no longer asks for stands for itself. */
export function questionLabel(key: string, questions: readonly Question[] = []): string {
  const question = questions.find((one) => one.key === key)
  return question === undefined ? key : textOf(question.label)
}

/** An answer in words: the label of a choice, Yes or No for a checkbox. */
export function answerText(
  key: string,
  answer: string | boolean,
  questions: readonly Question[] = [],
): string {
  if (typeof answer === "boolean") return answer ? "Yes" : "No"
  const choices = questions.find((one) => one.key === key)?.choices ?? []
  const choice = choices.find((one) => typeof one !== "string" && one.value === answer)
  return choice === undefined || typeof choice === "string" ? answer : textOf(choice.label)
}

/** An address in lines, as on a parcel. */
export function addressLines(address: Address): readonly string[] {
  const { line1, line2, city, region, postal_code, country } = address
  const place = [postal_code, city].filter((part) => part !== null).join(" ")
  const lines = [line1, line2, place, region, country === null ? null : countryName(country)]
  return lines.flatMap((line) => (line === null || line === "" ? [] : line))
}

const fieldNames: Readonly<Record<string, string>> = {
  "/details/email": "e-mail address",
  "/details/name": "name",
  "/details/phone": "phone number",
  "/details/shipping_address": "shipping address",
  "/details/shipping_address/line1": "street",
  "/details/shipping_address/city": "city",
  "/details/shipping_address/region": "state or region",
  "/details/shipping_address/postal_code": "postal code",
  "/details/shipping_address/country": "country",
}

/** The names of missing details in one text: `street, postal code, “Size of the shirt”`. */
export function missingText(pointers: readonly string[], questions: readonly Question[] = []): string {
  return pointers.map((pointer) => fieldName(pointer, questions)).join(", ")
}

/** The name of the detail at a JSON pointer, such as `street`. */
export function fieldName(pointer: string, questions: readonly Question[] = []): string {
  return fieldNames[pointer] ?? questionName(pointer, questions)
}

function questionName(pointer: string, questions: readonly Question[]): string {
  const [, key] = /^\/details\/answers\/(\w+)$/.exec(pointer) ?? []
  return key === undefined ? pointer : `“${questionLabel(key, questions)}”`
}
