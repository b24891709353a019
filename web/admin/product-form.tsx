import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { ProductChangesBody } from "../../client/src/admin.ts"
import type { Product } from "../../client/src/index.ts"
import { isCurrencyCode, minorIn } from "../shared/money.ts"
import { explain, shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { fieldText, momentIn, utcText } from "./dates.tsx"
import { Field } from "./field.tsx"
import { Failure } from "./pager.tsx"
import { PriceField } from "./price-field.tsx"
import { riskOf, type SettingsRisk } from "./settings-risk.ts"

/** Offers a product, or changes the settings of one. */
export function ProductFormScreen({ productId }: { readonly productId: number | null }) {
  const product = useSignal<Product | null>(null)
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
      {failure.value === null ? <p class="muted">Reading…</p> : <Failure text={failure.value} />}
    </>
  )
}

function ProductForm({ product }: { readonly product: Product | null }) {
  const fields = useFields(product)
  const failure = useSignal<string | null>(null)
  const isBusy = useSignal(false)
  const asked = useSignal<AskedChange | null>(null)

  async function save(event: Event): Promise<void> {
    event.preventDefault()
    isBusy.value = true
    failure.value = null
    try {
      const settings = fields.read()
      if (product === null) {
        const made = await shop.products.create({ ...settings, stock: Number(fields.stock.value) })
        return location.assign(`/admin/p/${made.id}`)
      }
      const changes = changed(settings, product)
      // As it is now: the sale may have opened since the form was.
      const risk = riskOf(await shop.products.get(product.id), changes)
      if (risk === null) return await change(product.id, changes)
      asked.value = { risk, changes, productId: product.id }
    } catch (error) {
      failure.value = explain(error)
    }
    isBusy.value = false
  }

  const { name, price, currency, stock, opensAt, closesAt, maxPerHold, maxPerCustomer, holdSeconds } = fields
  return (
    <>
      <h1>{product === null ? "New product" : `Settings of ${product.name}`}</h1>
      <form class="settings" onSubmit={(event) => void save(event)}>
        <Field id="name" label="Name" value={name} required />
        <Field
          id="description"
          label="Description"
          type="lines"
          value={fields.description}
          hint="Line breaks are kept"
        />
        <Field id="image" label="Picture" type="url" value={fields.image} hint="https:// and where it is" />
        <div class="side-by-side">
          <PriceField
            id="price"
            label="Price"
            value={price}
            currency={codeIn(currency.value)}
            required
            empty="129 or 129.00"
          />
          <Field
            id="currency"
            label="Currency"
            value={currency}
            required
            hint="Three letters: EUR"
            fault={currencyFault(currency.value)}
          />
          {product === null && (
            <Field id="stock" label="Units" type="number" min={0} value={stock} required />
          )}
        </div>
        <div class="side-by-side">
          <Field
            id="opens"
            label="Opens (your time)"
            type="datetime-local"
            value={opensAt}
            hint={utcHint(
              opensAt.value,
              product === null ? "Empty: at once, as soon as it is offered" : "Empty: at once",
            )}
          />
          <Field
            id="closes"
            label="Closes (your time)"
            type="datetime-local"
            value={closesAt}
            hint={utcHint(closesAt.value, "Empty: never")}
          />
        </div>
        <div class="side-by-side">
          <Field
            id="max-hold"
            label="Most units a hold"
            type="number"
            min={1}
            value={maxPerHold}
            hint="Empty: no limit"
          />
          <Field
            id="max-customer"
            label="Most units a customer"
            type="number"
            min={1}
            value={maxPerCustomer}
            hint="Empty: no limit. With one, every hold must name its customer"
          />
          <Field
            id="hold-seconds"
            label="Hold time in seconds"
            type="number"
            min={1}
            value={holdSeconds}
            hint="Empty: as the installation has it"
          />
        </div>
        <Failure text={failure.value} />
        <div class="buttons">
          <a class="button" href={product === null ? "/admin" : `/admin/p/${product.id}`}>
            Go back
          </a>
          <button type="submit" class="button primary" disabled={isBusy.value}>
            {product === null ? "Offer it" : "Save"}
          </button>
        </div>
      </form>
      {asked.value !== null && <RiskDialog {...asked.value} close={() => void (asked.value = null)} />}
    </>
  )
}

/** A change that waits for its operator's word. */
interface AskedChange {
  readonly productId: number
  readonly changes: ProductChangesBody
  readonly risk: SettingsRisk
}

function RiskDialog({ productId, changes, risk, close }: AskedChange & { readonly close: () => void }) {
  const run = () => change(productId, changes)
  return (
    <Dialog title={risk.title} action={risk.action} hurts run={run} close={close}>
      {risk.consequences.map((text) => (
        <p key={text} class="figures">
          {text}
        </p>
      ))}
    </Dialog>
  )
}

async function change(productId: number, changes: ProductChangesBody): Promise<void> {
  await shop.products.change(productId, changes)
  location.assign(`/admin/p/${productId}`)
}

function useFields(product: Product | null) {
  const moment = (at: string | null | undefined) => (at === null || at === undefined ? "" : fieldText(at))
  const fields = {
    name: useSignal(product?.name ?? ""),
    description: useSignal(product?.description ?? ""),
    image: useSignal(product?.image_url ?? ""),
    price: useSignal(product?.price ?? ""),
    currency: useSignal(product?.currency ?? "EUR"),
    stock: useSignal(""),
    opensAt: useSignal(moment(product?.opens_at)),
    closesAt: useSignal(moment(product?.closes_at)),
    maxPerHold: useSignal(String(product?.max_per_hold ?? "")),
    maxPerCustomer: useSignal(String(product?.max_per_customer ?? "")),
    holdSeconds: useSignal(String(product?.hold_ttl_seconds ?? "")),
  }
  return {
    ...fields,
    read: () => ({
      name: fields.name.value,
      description: fields.description.value === "" ? null : fields.description.value,
      image_url: fields.image.value === "" ? null : fields.image.value,
      price_minor: priceIn(fields.price.value, codeIn(fields.currency.value)),
      currency: codeIn(fields.currency.value),
      opens_at: momentIn(fields.opensAt.value),
      closes_at: momentIn(fields.closesAt.value),
      max_per_hold: numberIn(fields.maxPerHold.value),
      max_per_customer: numberIn(fields.maxPerCustomer.value),
      hold_ttl_seconds: numberIn(fields.holdSeconds.value),
    }),
  }
}

/** Only what differs: what somebody else has changed meanwhile stays. A field shows whole seconds. */
function changed(
  settings: Required<Omit<ProductChangesBody, "paused">>,
  product: Product,
): ProductChangesBody {
  const given = Object.entries(settings).filter(([name, value]) => {
    const before = product[name as keyof typeof settings]
    const isMoment = name === "opens_at" || name === "closes_at"
    if (!isMoment || before === null || value === null) return value !== before
    return fieldText(String(value)) !== fieldText(String(before))
  })
  return Object.fromEntries(given)
}

function utcHint(field: string, otherwise: string): string {
  const moment = momentIn(field)
  return moment === null ? otherwise : `= ${utcText(moment)}`
}

function priceIn(field: string, currency: string): number {
  const minor = minorIn(field, currency)
  if (minor === null) throw new Error("The price cannot be read. Nothing was saved.")
  return minor
}

function codeIn(field: string): string {
  return field.trim().toUpperCase()
}

function currencyFault(field: string): string | null {
  const code = codeIn(field)
  return code === "" || isCurrencyCode(code)
    ? null
    : `“${field.trim()}” is no currency. Write its three letters, such as EUR, USD or JPY`
}

function numberIn(field: string): number | null {
  return field === "" ? null : Number(field)
}
