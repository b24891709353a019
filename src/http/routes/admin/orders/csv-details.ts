import type { Details } from "../../../../domain/details.ts"

/** The columns of an address with its recipient, in the order of a label. */
export const addressColumns = [
  "name",
  "address_line1",
  "address_line2",
  "address_postal_code",
  "address_city",
  "address_region",
  "address_country",
  "email",
  "phone",
] as const

/** The columns of what a buyer has told, without the answers. */
const detailColumns = [
  "email",
  "name",
  "phone",
  "address_line1",
  "address_line2",
  "address_city",
  "address_region",
  "address_postal_code",
  "address_country",
] as const

/** Columns of the buyers' details in an export. */
export interface DetailsInCsv {
  readonly headings: readonly string[]
  /** One cell for each heading; empty where the buyer has told nothing. */
  cellsOf(details: Details | null): readonly (string | null)[]
}

/** Makes the columns of details: none where no product asks for any. `questions`: the keys of the products' questions. */
export function detailsInCsv(asksForDetails: boolean, questions: readonly string[]): DetailsInCsv {
  if (!asksForDetails) return { headings: [], cellsOf: () => [] }
  const answers = answersInCsv(questions)
  return {
    headings: [...detailColumns, ...answers.headings],
    cellsOf(details) {
      const cells = cellsOfBuyer(details)
      return [...detailColumns.map((column) => cells[column]), ...answers.cellsOf(details)]
    },
  }
}

/** Makes a column for each of the products' questions. */
export function answersInCsv(questions: readonly string[]): DetailsInCsv {
  return {
    headings: questions.map((key) => `answer_${key}`),
    cellsOf: (details) => questions.map((key) => answerCell(details, key)),
  }
}

/** The cells of {@link addressColumns}. */
export function cellsOfAddress(details: Details | null): (string | null)[] {
  const cells = cellsOfBuyer(details)
  return addressColumns.map((column) => cells[column])
}

function cellsOfBuyer(details: Details | null): Record<(typeof detailColumns)[number], string | null> {
  const { email = null, name = null, phone = null, shippingAddress: to = null } = details ?? {}
  return {
    email,
    name,
    phone,
    address_line1: to?.line1 ?? null,
    address_line2: to?.line2 ?? null,
    address_city: to?.city ?? null,
    address_region: to?.region ?? null,
    address_postal_code: to?.postalCode ?? null,
    address_country: to?.country ?? null,
  }
}

function answerCell(details: Details | null, key: string): string | null {
  return details !== null && Object.hasOwn(details.answers, key) ? String(details.answers[key]) : null
}
