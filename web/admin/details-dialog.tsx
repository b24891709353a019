import { signal, useSignal, type Signal } from "@preact/signals"
import type { WholeOrder } from "../../client/src/admin.ts"
import { ProblemError, type Address, type Details, type DetailsBody } from "../../client/src/index.ts"
import { countryCodes } from "../shared/country-codes.ts"
import { shop } from "./api.ts"
import { namedCountries } from "../shared/countries.ts"
import { fieldName, questionLabel, textOf } from "./detail-texts.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"

export interface DetailsDialogProps {
  readonly whole: WholeOrder
  readonly close: () => void
}

const plainFields = [
  ["name", "Name"],
  ["email", "E-mail address"],
  ["phone", "Phone number"],
] as const

const addressFields = [
  ["line1", "Street and number"],
  ["line2", "Second line"],
  ["postal_code", "Postal code"],
  ["city", "City"],
  ["region", "State or region"],
] as const

/** Changes what is known of an order's buyer: the fields that the product asks for, and others that are filled. */
export function DetailsDialog({ whole, close }: DetailsDialogProps) {
  const { order, product } = whole
  const fields = useSignal(fieldsFor(whole)).value
  const isAsked = (field: "name" | "email" | "phone" | "shipping_address") =>
    (product.collect?.[field] ?? "no") !== "no"
  const hasAddress = isAsked("shipping_address") || order.details?.shipping_address != null

  async function run(): Promise<void> {
    try {
      await shop.orders.setDetails(order.order_id, detailsIn(fields))
    } catch (error) {
      throw inFieldNames(error, whole)
    }
  }

  return (
    <Dialog
      title={`Details of the buyer of order ${order.order_id}`}
      action="Save"
      isForm
      run={run}
      close={close}
    >
      {plainFields
        .filter(([name]) => isAsked(name) || fields.plain[name].value !== "")
        .map(([name, label]) => (
          <Field key={name} id={`details-${name}`} label={label} value={fields.plain[name]} />
        ))}
      {hasAddress && (
        <fieldset class="restock">
          <legend>Shipping address</legend>
          {addressFields.map(([name, label]) => (
            <Field key={name} id={`details-${name}`} label={label} value={fields.address[name]} />
          ))}
          <Field
            id="details-country"
            label="Country"
            value={fields.address.country}
            list={countryList(product.shipping_countries ?? countryCodes, fields.address.country.value)}
          />
        </fieldset>
      )}
      {[...fields.answers].map(([key, answer]) => (
        <AnswerField key={key} name={key} answer={answer} whole={whole} />
      ))}
      <p class="muted small">Activity notes that the details were changed, not what they are.</p>
    </Dialog>
  )
}

interface AnswerFieldProps {
  readonly name: string
  readonly answer: Signal<string>
  readonly whole: WholeOrder
}

function AnswerField({ name, answer, whole: { product } }: AnswerFieldProps) {
  const question = product.questions?.find(({ key }) => key === name)
  const common = { id: `answer-${name}`, label: questionLabel(name, product.questions), value: answer }
  if (question?.kind === "checkbox") return <Field {...common} list={ticks} />
  if (question?.kind !== "choice") return <Field {...common} />
  const choices = (question.choices ?? []).map((choice) =>
    typeof choice === "string"
      ? ([choice, choice] as const)
      : ([choice.value, textOf(choice.label)] as const),
  )
  const isOld = answer.value !== "" && !choices.some(([value]) => value === answer.value)
  return (
    <Field
      {...common}
      list={[["", "No answer"], ...choices, ...(isOld ? [[answer.value, answer.value] as const] : [])]}
    />
  )
}

const ticks = [
  ["", "No answer"],
  ["true", "Yes"],
  ["false", "No"],
] as const

interface DetailsFields {
  readonly plain: Readonly<Record<"name" | "email" | "phone", Signal<string>>>
  readonly address: Readonly<Record<keyof Address, Signal<string>>>
  /** By the keys of the questions, and of answers to earlier ones. */
  readonly answers: ReadonlyMap<string, Signal<string>>
  /** The keys whose answers are true or false. */
  readonly ticked: ReadonlySet<string>
}

function fieldsFor({ order, product }: WholeOrder): DetailsFields {
  const details: Partial<Details> = order.details ?? {}
  const address: Partial<Address> = details.shipping_address ?? {}
  const answers = details.answers ?? {}
  const questions = product.questions ?? []
  const keys = new Set([...questions.map(({ key }) => key), ...Object.keys(answers)])
  return {
    plain: {
      name: signal(details.name ?? ""),
      email: signal(details.email ?? ""),
      phone: signal(details.phone ?? ""),
    },
    address: {
      line1: signal(address.line1 ?? ""),
      line2: signal(address.line2 ?? ""),
      city: signal(address.city ?? ""),
      region: signal(address.region ?? ""),
      postal_code: signal(address.postal_code ?? ""),
      country: signal(address.country ?? ""),
    },
    answers: new Map(
      [...keys].map((key) => [key, signal(Object.hasOwn(answers, key) ? String(answers[key]) : "")]),
    ),
    ticked: new Set([
      ...questions.filter(({ kind }) => kind === "checkbox").map(({ key }) => key),
      ...Object.keys(answers).filter((key) => typeof answers[key] === "boolean"),
    ]),
  }
}

/** The details in the fields; empty fields are left out, which removes what was there. */
function detailsIn({ plain, address, answers, ticked }: DetailsFields): DetailsBody {
  const given = [...answers].filter(([, answer]) => answer.value !== "")
  return {
    ...filled(plain),
    shipping_address: filled(address),
    answers: Object.fromEntries(
      given.map(([key, { value }]) => [key, ticked.has(key) ? value === "true" : value]),
    ),
  }
}

function filled<Name extends string>(
  fields: Readonly<Record<Name, Signal<string>>>,
): Partial<Record<Name, string>> {
  const given = Object.entries<Signal<string>>(fields).filter(([, field]) => field.value.trim() !== "")
  return Object.fromEntries(given.map(([name, field]) => [name, field.value])) as Partial<
    Record<Name, string>
  >
}

/** The countries that the shop ships to, by name, and the one that is chosen already. */
function countryList(codes: readonly string[], chosen: string): readonly (readonly [string, string])[] {
  const all = new Set([...codes, ...(chosen === "" ? [] : [chosen])])
  const named = namedCountries([...all]).map(({ value, label }) => [value, label] as const)
  return [["", "Not given"], ...named]
}

/** Rewrites a refusal that points into the body so that it names the fields. */
function inFieldNames(error: unknown, { product }: WholeOrder): unknown {
  if (!(error instanceof ProblemError) || error.problem.code !== "invalid_request") return error
  const texts = error.problem.errors.map(({ pointer, detail }) => {
    const name = fieldName(pointer.startsWith("/details") ? pointer : `/details${pointer}`, product.questions)
    return `The ${name} ${detail}.`
  })
  return new Error(texts.join(" "))
}
