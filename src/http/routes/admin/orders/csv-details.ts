import type { Details } from "../../../../domain/details.ts"

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

/** The columns of the buyers' details in an export. */
export interface DetailsInCsv {
  readonly headings: readonly string[]
  /** One cell for each heading; empty where the buyer has told nothing. */
  cellsOf(details: Details | null): readonly (string | null)[]
}

/** Makes the columns of details: none where no product asks for any. `questions`: the keys of the products' questions. */
export function detailsInCsv(asksForDetails: boolean, questions: readonly string[]): DetailsInCsv {
  if (!asksForDetails) return { headings: [], cellsOf: () => [] }
  return {
    headings: [...detailColumns, ...questions.map((key) => `answer_${key}`)],
    cellsOf: (details) => [...cellsOfBuyer(details), ...questions.map((key) => answerCell(details, key))],
  }
}

function cellsOfBuyer(details: Details | null): (string | null)[] {
  const { email = null, name = null, phone = null, shippingAddress: to = null } = details ?? {}
  const address = [to?.line1, to?.line2, to?.city, to?.region, to?.postalCode, to?.country]
  return [email, name, phone, ...address.map((part) => part ?? null)]
}

function answerCell(details: Details | null, key: string): string | null {
  return details !== null && Object.hasOwn(details.answers, key) ? String(details.answers[key]) : null
}
