import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import type { NewProductBody, ProductChangesBody } from "../../client/src/admin.ts"
import { currencyDecimals } from "../../client/src/currencies.ts"
import type { ShopProduct } from "../../client/src/index.ts"
import { explain, shop } from "./api.ts"
import { CollectFields, collectIn, useCollectDraft } from "./collect-fields.tsx"
import { Dialog } from "./dialog.tsx"
import { utcText } from "./dates.ts"
import { Field, isReadable } from "./field.tsx"
import { requiredValue, type Reading } from "./form-values.ts"
import { VariantsChoice } from "./new-variants.tsx"
import { Failure } from "./pager.tsx"
import { PhaseFields, phasesIn, usePhasesDraft } from "./phase-fields.tsx"
import { PriceField } from "./price-field.tsx"
import { OwnNumberFields } from "./own-number-fields.tsx"
import {
  changedSettings,
  newSettingsIn,
  settingsIn,
  useFields,
  type FieldGroupProps,
  customerHint,
  customerTexts,
} from "./product-fields.ts"
import { useRefusals } from "./refusals.ts"
import { offerIn, SaleDialog } from "./publication.tsx"
import { riskOf, type SettingsRisk } from "./settings-risk.ts"
import { leaveFor, useUnsavedInput } from "./unsaved.ts"
import { newDraft, newVariantIn, type VariantDraft } from "./variant-fields.tsx"

/** The form that creates a product, or changes the settings of the product with this id. */
export function ProductFormScreen({ productId }: { readonly productId: number | null }) {
  const product = useSignal<ShopProduct | null>(null)
  const failure = useSignal<string | null>(null)
  useEffect(() => {
    if (productId === null) return
    shop.products.get(productId).then(
      (found) => (product.value = found),
      (error: unknown) => (failure.value = explain(error)),
    )
  }, [productId])

  if (productId === null) return <ProductForm product={null} />
  if (product.value !== null) return <ProductForm product={product.value} />
  return (
    <>
      <h1>Settings of product {productId}</h1>
      {failure.value === null ? <p class="muted">Loading…</p> : <Failure text={failure.value} />}
    </>
  )
}

function ProductForm({ product }: { readonly product: ShopProduct | null }) {
  const fields = useFields(product)
  const { texts } = fields
  const refusals = useRefusals()
  const collect = useCollectDraft(product)
  const phases = usePhasesDraft(product)
  const readings = refusals.in(fields.readings)
  const failure = useSignal<string | null>(null)
  const isBusy = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  useUnsavedInput(form)
  const asked = useSignal<AskedChange | null>(null)
  const offered = useSignal<NewProductBody | null>(null)
  const isByVariant = useSignal(false)
  const drafts = useSignal<readonly VariantDraft[]>([newDraft()])
  const currency = readings.currency.kind === "value" ? readings.currency.value : ""

  /** Makes a draft, or asks before it puts the product on sale; saves the changes of a product there is. */
  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const isForSale = event.submitter instanceof HTMLButtonElement && event.submitter.value === "sale"
    if (!isReadable(event)) return
    isBusy.value = true
    failure.value = null
    refusals.clear()
    try {
      const settings = settingsIn(fields)
      if (product === null) {
        const units = isByVariant.value
          ? { variants: drafts.value.map((draft) => newVariantIn(draft, settings.currency)) }
          : { stock: requiredValue(fields.readings.stock, "The stock") }
        const body = {
          ...newSettingsIn(settings),
          ...units,
          ...collectIn(collect, null),
          ...phasesIn(phases, undefined),
        }
        if (!isForSale) return await create({ ...body, status: "draft" })
        offered.value = body
        isBusy.value = false
        return
      }
      const changes = {
        ...changedSettings(settings, product),
        ...collectIn(collect, product),
        ...phasesIn(phases, product.phases),
      }
      // Read again: the sale may have opened since the form was loaded.
      const [now, sets] = await Promise.all([
        shop.products.get(product.id),
        hasPhases(changes, product) ? shop.accessCodes.sets(product.id) : null,
      ])
      const risk = riskOf(now, changes, sets?.data ?? null)
      if (risk === null) return await change(product.id, changes)
      asked.value = { risk, changes, productId: product.id }
    } catch (error) {
      failure.value = explain(error)
      refusals.note(error)
    }
    isBusy.value = false
  }

  function noted(error: unknown): never {
    refusals.note(error)
    throw error
  }

  return (
    <>
      <h1>{product === null ? "New product" : `Settings of ${product.name}`}</h1>
      <form class="settings" ref={form} onSubmit={(event) => void save(event)} onInput={refusals.clear}>
        <Field
          id="name"
          label="Name"
          value={texts.name}
          required
          reading={readings.name}
          hint="In the shop's first language, as the description"
        />
        <Field
          id="description"
          label="Description"
          type="lines"
          value={texts.description}
          reading={readings.description}
          hint="An empty line begins a paragraph, “- ” a line of a list; [words](https://…) is a link"
        />
        <Field
          id="image"
          label="Picture URL"
          type="url"
          value={texts.image}
          reading={readings.image}
          hint="Begins with https://, such as https://shop.example/lamp.avif"
        />
        <div class="side-by-side">
          <PriceField
            id="price"
            label="Price"
            value={texts.price}
            currency={currency}
            required
            empty={priceHint(readings.currency)}
          />
          <Field
            id="currency"
            label="Currency"
            value={texts.currency}
            required
            reading={readings.currency}
            hint="Three letters, such as EUR"
          />
          {product === null && !isByVariant.value && (
            <Field
              id="stock"
              label="Stock"
              type="number"
              min={0}
              value={texts.stock}
              required
              reading={readings.stock}
            />
          )}
        </div>
        <TimeFields texts={texts} readings={readings} />
        <LimitFields texts={texts} readings={readings} product={product} />
        <OwnNumberFields texts={texts} readings={readings} />
        <PhaseFields draft={phases} refusalAt={refusals.at} />
        {product === null && <VariantsChoice isByVariant={isByVariant} drafts={drafts} currency={currency} />}
        <CollectFields draft={collect} refusalAt={refusals.at} />
        <Failure text={failure.value} />
        <div class="buttons">
          <a class="button" href={product === null ? "/admin" : `/admin/p/${product.id}`}>
            Go back
          </a>
          {/* First, so that Enter presses it. */}
          <button type="submit" class="button primary" disabled={isBusy.value}>
            {product === null ? "Save as draft" : "Save"}
          </button>
          {product === null && (
            <button type="submit" class="button" name="as" value="sale" disabled={isBusy.value}>
              Put on sale…
            </button>
          )}
        </div>
      </form>
      {offered.value !== null && (
        <SaleDialog
          offer={offerIn(offered.value)}
          run={() => create(offered.value).catch(noted)}
          close={() => void (offered.value = null)}
        />
      )}
      {asked.value !== null && <RiskDialog {...asked.value} close={() => void (asked.value = null)} />}
    </>
  )
}

function TimeFields({ texts, readings }: FieldGroupProps) {
  return (
    <div class="side-by-side">
      <Field
        id="opens"
        label="Opens (your time)"
        type="datetime-local"
        value={texts.opensAt}
        reading={readings.opensAt}
        hint={timeHint(readings.opensAt, "Empty: as soon as it is put on sale")}
      />
      <Field
        id="closes"
        label="Closes (your time)"
        type="datetime-local"
        value={texts.closesAt}
        reading={readings.closesAt}
        hint={timeHint(readings.closesAt, "Empty: never closes")}
      />
    </div>
  )
}

function LimitFields({
  texts,
  readings,
  product,
}: FieldGroupProps & { readonly product: ShopProduct | null }) {
  const hint = customerHint(texts.customer.value)
  return (
    <>
      <div class="side-by-side">
        <Field
          id="max-hold"
          label="Limit per order"
          type="number"
          min={1}
          value={texts.maxPerHold}
          reading={readings.maxPerHold}
          hint="Empty: the server's default, 10 unless it was changed"
        />
        <Field
          id="max-customer"
          label="Limit per customer"
          type="number"
          min={1}
          value={texts.maxPerCustomer}
          reading={readings.maxPerCustomer}
          hint="Empty: no limit. With a limit, buyers enter a customer id, unless your shop has signed them in"
        />
        <Field
          id="hold-seconds"
          label="Hold time in seconds"
          type="number"
          min={1}
          value={texts.holdSeconds}
          reading={readings.holdSeconds}
          hint={
            product === null || product.own_hold_ttl === true
              ? "Empty: the server's default"
              : `Empty: the server's default, ${product.hold_ttl_seconds} seconds`
          }
        />
      </div>
      <Field
        id="sold-to"
        label="Sold to"
        value={texts.customer}
        list={customerTexts}
        {...(hint !== "" && { hint })}
      />
    </>
  )
}

/** A change that the operator has to confirm first. */
interface AskedChange {
  readonly productId: number
  readonly changes: ProductChangesBody
  readonly risk: SettingsRisk
}

/** Products without phases have no use for access codes, so their sets are not asked for. */
function hasPhases({ phases }: ProductChangesBody, product: ShopProduct): boolean {
  return (phases ?? product.phases ?? []).length > 0
}

function RiskDialog({ productId, changes, risk, close }: AskedChange & { readonly close: () => void }) {
  const run = () => change(productId, changes)
  return (
    <Dialog title={risk.title} action={risk.action} danger run={run} close={close}>
      {risk.consequences.map((text) => (
        <p key={text} class="tabular">
          {text}
        </p>
      ))}
    </Dialog>
  )
}

async function create(body: NewProductBody | null): Promise<void> {
  if (body === null) return
  const { id } = await shop.products.create(body)
  leaveFor(`/admin/p/${id}`)
}

async function change(productId: number, changes: ProductChangesBody): Promise<void> {
  await shop.products.change(productId, changes)
  leaveFor(`/admin/p/${productId}`)
}

function priceHint(currency: Reading<string>): string {
  const decimals = currency.kind === "value" ? currencyDecimals(currency.value) : 2
  const sample = decimals === 0 ? "129" : `129 or ${(129).toFixed(decimals)}`
  return `What the buyer pays, with tax, such as ${sample}`
}

function timeHint(reading: Reading<string>, otherwise: string): string {
  return reading.kind === "value" ? `= ${utcText(reading.value)}` : otherwise
}
