import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import type { Address, Client, Details, Order, Product, Question } from "../../client/src/index.ts"
import { addressLines } from "./address-lines.ts"
import { useAddressLayout } from "./address-layouts.ts"
import { draftName, orderDraftName } from "./asked-details.ts"
import { storage } from "./browser-storage.ts"
import { DetailsForm } from "./details-form.tsx"
import { draftOf } from "./details-draft.ts"
import { wantedLanguages, type Language } from "./language.ts"
import { useLanguage } from "./page-language.ts"
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
  const { form: texts } = useLanguage().words
  const isChanging = useSignal(false)
  const { addresses } = model
  if (order.details === undefined || addresses === null) return null
  return (
    <section class="order-details" aria-labelledby="order-details">
      <h2 id="order-details">{texts.yourDetails}</h2>
      {isChanging.value && canChange ? (
        <OrderDetailsForm
          order={order}
          product={product}
          model={model}
          onSaved={() => (isChanging.value = false)}
        >
          <div class="actions">
            <button class="button primary" type="submit" aria-disabled={model.view.value.pending !== null}>
              {model.view.value.pending?.action === "save" ? texts.saving : texts.save}
            </button>
            <button
              class="button"
              type="button"
              onClick={() => {
                storage.saveDraft(orderDraftName(order.order_id), null)
                isChanging.value = false
              }}
            >
              {texts.discard}
            </button>
          </div>
        </OrderDetailsForm>
      ) : (
        <>
          <DetailsList details={order.details} product={product} addresses={addresses} />
          {canChange && (
            <button class="button" type="button" onClick={() => (isChanging.value = true)}>
              {texts.changeDetails}
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
      {children}
    </DetailsForm>
  )
}

interface DetailsListProps {
  readonly details: Details
  readonly product: Product
  readonly addresses: Client["addresses"]
}

function DetailsList({ details, product, addresses }: DetailsListProps) {
  const { form: texts } = useLanguage().words
  const { email, name, phone, shipping_address: address, answers } = details
  return (
    <dl class="sale-facts">
      <Fact label={texts.email} value={email} />
      {address === null && <Fact label={texts.name} value={name} />}
      <Fact label={texts.phone} value={phone} />
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
  const language = useLanguage()
  const layout = useAddressLayout(addresses, address.country ?? "")
  const country = address.country === null ? null : language.country(address.country)
  const lines = [name, ...addressLines(address, layout), country].filter((line) => typeof line === "string")
  return (
    <div>
      <dt>{language.words.form.address}</dt>
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
  const language = useLanguage()
  if (answer === undefined) return null
  const { text: label, lang } = textFor(question.label, wantedLanguages(language))
  return <Fact label={label} lang={lang} value={answerText(question, answer, language)} />
}

function answerText({ choices = [] }: Question, answer: string | boolean, language: Language): string {
  const { form: texts } = language.words
  if (typeof answer === "boolean") return answer ? texts.yes : texts.no
  for (const choice of choices) {
    if (typeof choice === "object" && choice.value === answer)
      return textFor(choice.label, wantedLanguages(language)).text
  }
  return answer
}
