import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { Address, Client, Details, Order, Product, Question } from "../../client/src/index.ts"
import { countryName } from "../shared/countries.ts"
import { addressLines } from "./address-lines.ts"
import { useAddressLayout } from "./address-layouts.ts"
import { draftName, orderDraftName } from "./asked-details.ts"
import { storage } from "./browser-storage.ts"
import { DetailsForm } from "./details-form.tsx"
import { draftOf } from "./details-draft.ts"
import { formText } from "./form-texts.ts"
import { textFor } from "./local-text.ts"
import type { PageModel } from "./page-model.ts"

interface OrderDetailsProps {
  readonly order: Order
  readonly product: Product
  readonly model: PageModel
  /** True: they can still be changed here. */
  readonly canChange: boolean
}

/** The details that the shop has for an order. Until it is paid they can be changed. */
export function OrderDetails({ order, product, model, canChange }: OrderDetailsProps) {
  const isChanging = useSignal(false)
  const { addresses } = model
  if (order.details === undefined || addresses === null) return null
  return (
    <section class="order-details" aria-labelledby="order-details">
      <h2 id="order-details">Your details</h2>
      {isChanging.value && canChange ? (
        <OrderDetailsForm
          order={order}
          product={product}
          model={model}
          onSaved={() => (isChanging.value = false)}
        >
          <button class="button primary" type="submit" aria-disabled={model.view.value.pending !== null}>
            {model.view.value.pending?.action === "save" ? "Saving…" : "Save"}
          </button>
          <button
            class="button"
            type="button"
            onClick={() => {
              storage.saveDraft(orderDraftName(order.order_id), null)
              isChanging.value = false
            }}
          >
            Discard changes
          </button>
        </OrderDetailsForm>
      ) : (
        <>
          <DetailsList details={order.details} product={product} addresses={addresses} />
          {canChange && (
            <button class="button" type="button" onClick={() => (isChanging.value = true)}>
              Change details
            </button>
          )}
        </>
      )}
    </section>
  )
}

interface OrderDetailsFormProps {
  readonly order: Order
  readonly product: Product
  readonly model: PageModel
  readonly onSaved?: () => void
  /** The buttons. */
  readonly children: ComponentChildren
}

/** The form for the details of an order that has been placed. It begins with those that the shop has. */
export function OrderDetailsForm({ order, product, model, onSaved, children }: OrderDetailsFormProps) {
  if (model.addresses === null) return null
  const name = orderDraftName(order.order_id)
  return (
    <DetailsForm
      product={product}
      addresses={model.addresses}
      draftName={name}
      initial={
        order.details === undefined ? (storage.draft(draftName(product.id)) ?? {}) : draftOf(order.details)
      }
      errors={model.detailErrors.value}
      isBusy={model.view.value.pending !== null}
      onSubmit={(details) =>
        model.actions.saveDetails(details, () => {
          storage.saveDraft(name, null)
          onSaved?.()
        })
      }
    >
      <div class="actions">{children}</div>
    </DetailsForm>
  )
}

interface DetailsListProps {
  readonly details: Details
  readonly product: Product
  readonly addresses: Client["addresses"]
}

function DetailsList({ details, product, addresses }: DetailsListProps) {
  const { email, name, phone, shipping_address: address, answers } = details
  return (
    <dl class="sale-facts">
      <Fact label={formText.email} value={email} />
      {address === null && <Fact label={formText.name} value={name} />}
      <Fact label={formText.phone} value={phone} />
      {address !== null && <AddressFact name={name} address={address} addresses={addresses} />}
      {(product.questions ?? []).map((question) => (
        <Answer
          key={question.key}
          question={question}
          answer={Object.hasOwn(answers, question.key) ? answers[question.key] : undefined}
        />
      ))}
    </dl>
  )
}

function Fact({ label, lang, value }: { label: string; lang?: string | undefined; value: string | null }) {
  if (value === null) return null
  return (
    <div>
      <dt lang={lang}>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}

interface AddressFactProps {
  readonly name: string | null
  readonly address: Address
  readonly addresses: Client["addresses"]
}

/** The address as its country writes it, with the name above and the country below. */
function AddressFact({ name, address, addresses }: AddressFactProps) {
  const layout = useAddressLayout(addresses, address.country ?? "")
  const country = address.country === null ? null : countryName(address.country)
  const lines = [name, ...addressLines(address, layout), country].filter((line) => typeof line === "string")
  return (
    <div>
      <dt>{formText.address}</dt>
      <dd>
        {lines.map((line, index) => (
          <span key={index} class="address-line">
            {line}
          </span>
        ))}
      </dd>
    </div>
  )
}

interface AnswerProps {
  readonly question: Question
  readonly answer: string | boolean | undefined
}

function Answer({ question, answer }: AnswerProps) {
  if (answer === undefined) return null
  const { text: label, lang } = textFor(question.label, navigator.languages)
  return <Fact label={label} lang={lang} value={answerText(question, answer)} />
}

function answerText({ choices = [] }: Question, answer: string | boolean): string {
  if (typeof answer === "boolean") return answer ? "Yes" : "No"
  for (const choice of choices) {
    if (typeof choice === "object" && choice.value === answer)
      return textFor(choice.label, navigator.languages).text
  }
  return answer
}
