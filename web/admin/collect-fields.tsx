import { signal, useSignal, type Signal } from "@preact/signals"
import type { Collect, Demand, Product } from "../../client/src/index.ts"
import { changedCollect, questionIn, type CollectSettings } from "./collect-values.ts"
import { CountryChoice } from "./country-choice.tsx"
import { Field } from "./field.tsx"
import { newQuestion, QuestionList, textsIn, type QuestionDraft } from "./question-fields.tsx"

/** The fields of what a product asks its buyers for. */
export interface CollectDraft {
  readonly demands: Readonly<Record<keyof Collect, Signal<string>>>
  readonly countries: Signal<readonly string[]>
  readonly questions: Signal<readonly QuestionDraft[]>
}

/** Makes the fields, filled with what the product asks for. */
export function useCollectDraft(product: Product | null): CollectDraft {
  const { email = "no", name = "no", phone = "no", shipping_address = "no" } = product?.collect ?? {}
  return useSignal({
    demands: {
      email: signal<string>(email),
      name: signal<string>(name),
      phone: signal<string>(phone),
      shipping_address: signal<string>(shipping_address),
    },
    countries: signal(product?.shipping_countries ?? []),
    questions: signal((product?.questions ?? []).map(newQuestion)),
  }).value
}

/** What the fields say, as far as it differs from the product; null: a new product. */
export function collectIn(draft: CollectDraft, product: Product | null): Partial<CollectSettings> {
  const { demands, countries, questions } = draft
  const demand = (name: keyof Collect) => demands[name].value as Demand
  const settings = {
    collect: {
      email: demand("email"),
      name: demand("name"),
      phone: demand("phone"),
      shipping_address: demand("shipping_address"),
    },
    shipping_countries: countries.value.length === 0 ? null : countries.value,
    questions: questions.value.map((question) => questionIn(textsIn(question), question.before)),
  }
  return changedCollect(settings, product)
}

const choices = [
  ["no", "Not asked for"],
  ["optional", "Optional"],
  ["required", "Required"],
] as const

const labels: readonly (readonly [keyof Collect, string])[] = [
  ["email", "E-mail address"],
  ["name", "Name"],
  ["phone", "Phone number"],
  ["shipping_address", "Shipping address"],
]

export interface CollectFieldsProps {
  readonly draft: CollectDraft
  /** The server's objection to the field at a JSON pointer; null: none. */
  readonly refusalAt: (pointer: string) => string | null
}

/** The part of the product's form that says what its buyers are asked for. */
export function CollectFields({ draft, refusalAt }: CollectFieldsProps) {
  const { demands, countries, questions } = draft
  return (
    <section class="collect" aria-labelledby="collect">
      <h2 id="collect">What buyers are asked for</h2>
      <p class="muted small">
        Buyers fill this in at checkout. They cannot start a payment until all required details are there. Ask
        only for what you need: it is personal data, which you have to protect.
      </p>
      <div class="side-by-side">
        {labels.map(([name, label]) => (
          <Field key={name} id={`collect-${name}`} label={label} value={demands[name]} list={choices} />
        ))}
      </div>
      {demands.shipping_address.value !== "no" && demands.name.value === "no" && (
        <p class="notice">Buyers are not asked for a name: a parcel to this address has no recipient.</p>
      )}
      {demands.shipping_address.value !== "no" && (
        <CountryChoice chosen={countries} fault={refusalAt("/shipping_countries")} />
      )}
      <QuestionList questions={questions} refusalAt={refusalAt} />
    </section>
  )
}
