import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { NewProductBody, ProductChangesBody } from "../../client/src/admin.ts"
import type {
  AccessCodeSet,
  CustomerKind,
  Phase,
  PhaseBody,
  ProductStatus,
  ShopProduct,
  Time,
} from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { unitsOf } from "../shared/unit-texts.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { localText } from "./dates.ts"
import { Dialog } from "./dialog.tsx"
import { isForEverybody, phaseRisks } from "./phase-risks.ts"
import { phaseText } from "./phase-values.ts"

/** What a product offers to buyers once it is on sale. */
interface Offer {
  readonly name: string
  /** In minor units: of the product, or of each of its variants. */
  readonly prices: readonly number[]
  readonly currency: string
  readonly units: number
  readonly opensAt: Time | null
  readonly closesAt: Time | null
  readonly isPaused: boolean
  /** Null: it is not made yet, and so has no access codes. */
  readonly productId: number | null
  readonly phases: readonly (Phase | PhaseBody)[]
  readonly customer: CustomerKind
  readonly maxPerCustomer: number | null
}

/** What a new product will offer. */
export function offerIn(body: NewProductBody): Offer {
  const { name, price_minor, currency, variants, opens_at = null, closes_at = null } = body
  const units = variants?.reduce((sum, { stock }) => sum + stock, 0) ?? body.stock ?? 0
  const prices = variants?.map((variant) => variant.price_minor ?? price_minor) ?? [price_minor]
  const times = { opensAt: opens_at, closesAt: closes_at, isPaused: false }
  return { name, prices, currency, units, ...times, productId: null, ...buyersIn(body) }
}

/** What a product that is there will offer. */
function offerOf(product: ShopProduct, isPaused: boolean): Offer {
  const { name, price_minor, currency, available_stock: units, opens_at, closes_at, variants } = product
  const prices = variants?.map((variant) => variant.price_minor) ?? [price_minor]
  const times = { opensAt: opens_at, closesAt: closes_at, isPaused }
  return { name, prices, currency, units, ...times, productId: product.id, ...buyersIn(product) }
}

function buyersIn({ phases, customer, max_per_customer: most }: ProductChangesBody) {
  return { phases: phases ?? [], customer: customer ?? "any", maxPerCustomer: most ?? null }
}

interface DialogEnds {
  readonly run: () => Promise<unknown>
  readonly close: () => void
}

/** Asks before a product becomes public, and says what buyers will see and can do. */
export function SaleDialog({ offer, run, close }: DialogEnds & { readonly offer: Offer }) {
  const { name, prices, currency, units } = offer
  const takesPayments = useSignal(true)
  useEffect(
    () =>
      void shop.shop.get().then(
        (settings) => void (takesPayments.value = settings.takes_payments),
        () => undefined,
      ),
    [],
  )
  return (
    <Dialog title={`Put ${name} on sale?`} action="Put on sale" run={run} close={close}>
      <p>Buyers see it in the list of products and on its page.</p>
      {!takesPayments.value && (
        <p class="notice">
          Buyers can order, but not pay here: neither Stripe nor a payment page (PAYMENT_URL) is set up. An
          order that is not paid in time ends.
        </p>
      )}
      <p>
        <SaleTimes {...offer} />
      </p>
      <SaleBuyers {...offer} />
      <p class="tabular">
        Price: {pricesText(prices, currency)} per unit. Stock: {unitsOf(units)}.
      </p>
    </Dialog>
  )
}

const customerTexts: Partial<Record<CustomerKind, string>> = {
  named: "Each hold needs the name of a customer.",
  signed: "Only customers with a token that your server has signed can buy.",
  email: "Only buyers who have confirmed their e-mail address can buy.",
}

/** Who may buy when, and what is wrong with it. */
function SaleBuyers({ productId, phases, customer, maxPerCustomer }: Offer) {
  const sets = useSignal<readonly AccessCodeSet[] | null>(productId === null ? [] : null)
  useEffect(() => {
    if (productId === null || phases.length === 0) return
    // Without an answer nothing is said of codes.
    shop.accessCodes.sets(productId).then(
      ({ data }) => void (sets.value = data),
      () => undefined,
    )
  }, [])
  const risks = phaseRisks({ phases, customer, maxPerCustomer, sets: sets.value }, Date.now())
  return (
    <>
      {customerTexts[customer] !== undefined && <p>{customerTexts[customer]}</p>}
      {phases.length > 0 && (
        <>
          <p>Who may buy when, within these times:</p>
          <ul class="tabular">
            {phases.map(({ from = null, until = null, needs = null, max_per_customer = null }, index) => (
              <li key={index}>{phaseText({ from, until, needs, max_per_customer }, localText)}</li>
            ))}
          </ul>
        </>
      )}
      {risks.map((risk) => (
        <p key={risk} class="notice">
          {risk}
        </p>
      ))}
    </>
  )
}

function SaleTimes({ opensAt, closesAt, isPaused, phases }: Offer) {
  const now = Date.now()
  if (closesAt !== null && Date.parse(closesAt) <= now)
    return <>Its closing time has passed, so no units can be held until you reopen the sale.</>
  if (isPaused) return <>Its sale is paused, so no units can be held until you resume it.</>
  return opensAt !== null && Date.parse(opensAt) > now ? (
    <>
      The sale opens <DateTime at={opensAt} />. Until then no units can be held.
    </>
  ) : isForEverybody(phases.length === 0 ? null : phases, now) ? (
    <>The sale is open at once: units can be held as soon as you confirm.</>
  ) : (
    <>The sale is open at once, for those who may buy in a phase that is on.</>
  )
}

/** A price, or the lowest and the highest of several. */
export function pricesText(prices: readonly number[], currency: string): string {
  const [least, most] = [Math.min(...prices), Math.max(...prices)]
  const ends = least === most ? [least] : [least, most]
  return ends.map((minor) => priceOf(minor, currency)).join(" to ")
}

/** A change of where a product stands, or of when its sale is on. */
export type PublicationAction = "sell" | "list" | "unlist" | "archive" | "unarchive" | "open" | "reopen"

/** The changes that are possible now, each with the text of its button. */
export function publicationActions({
  status = "listed",
  sale_state: state,
}: ShopProduct): readonly (readonly [PublicationAction, string])[] {
  switch (status) {
    case "draft":
      return [
        ["sell", "Put on sale…"],
        ["unlist", "Sell unlisted…"],
        ["archive", "Archive…"],
      ]
    case "archived":
      return [["unarchive", "Take out of the archive…"]]
    case "listed":
    case "unlisted":
      return [
        ...(state === "scheduled" ? ([["open", "Open now…"]] as const) : []),
        ...(state === "closed" ? ([["reopen", "Reopen…"]] as const) : []),
        status === "listed" ? ["unlist", "Make unlisted…"] : ["list", "List…"],
        ["archive", "Archive…"],
      ]
  }
}

export interface PublicationDialogProps {
  readonly action: PublicationAction
  readonly product: ShopProduct
  readonly isPaused: boolean
  readonly close: () => void
}

/** Asks before it makes the change. */
export function PublicationDialog({ action, product, isPaused, close }: PublicationDialogProps) {
  const { id, name } = product
  const become = (status: ProductStatus) => () => shop.products.change(id, { status })
  switch (action) {
    case "sell":
      return <SaleDialog offer={offerOf(product, isPaused)} run={become("listed")} close={close} />
    case "list":
      return (
        <Dialog title={`List ${name}?`} action="List the product" run={become("listed")} close={close}>
          <p>Buyers see it in the list of products from now on.</p>
        </Dialog>
      )
    case "unlist":
      return (
        <Dialog
          title={product.status === "draft" ? `Sell ${name} unlisted?` : `Take ${name} off the list?`}
          action="Make it unlisted"
          run={become("unlisted")}
          close={close}
        >
          <p>
            Those who know the address of its page see it and can buy: <span class="tabular">/p/{id}</span>.
            It is on no list, and search engines are asked not to show it.
          </p>
          <p>
            <SaleTimes {...offerOf(product, isPaused)} />
          </p>
          <SaleBuyers {...offerOf(product, isPaused)} />
        </Dialog>
      )
    case "archive":
      return (
        <Dialog
          title={`Archive ${name}?`}
          action="Archive the product"
          danger
          run={become("archived")}
          close={close}
        >
          <p>
            Buyers do not see it any more, and no units can be held. Existing holds and orders continue and
            can be paid.
          </p>
          {product.reserved_stock > 0 && (
            <p class="tabular">
              {unitsOf(product.reserved_stock)} of it are held or wait for payment. A buyer who reloads its
              page meanwhile finds no page.
            </p>
          )}
        </Dialog>
      )
    case "unarchive":
      return (
        <Dialog
          title={`Take ${name} out of the archive?`}
          action="Make it a draft"
          run={become("draft")}
          close={close}
        >
          <p>It becomes a draft: buyers do not see it until you put it on sale.</p>
        </Dialog>
      )
    case "open":
      return (
        <Dialog
          title={`Open the sale of ${name} now?`}
          action="Open the sale"
          run={() => shop.products.change(id, { opens_at: product.server_time })}
          close={close}
        >
          <p>
            It opens now instead of <DateTime at={product.opens_at} />.{" "}
            {isPaused
              ? "It is paused, so no units can be held until you resume it."
              : "Buyers can hold units at once."}
          </p>
        </Dialog>
      )
    case "reopen":
      return (
        <Dialog
          title={`Reopen the sale of ${name}?`}
          action="Reopen the sale"
          run={() => shop.products.change(id, { closes_at: null })}
          close={close}
        >
          <p>
            Its closing time is removed: the sale is open until you close it.{" "}
            {unitsOf(product.available_stock)} can be held.
          </p>
          {isPaused && <p>It is paused, so no units can be held until you resume it.</p>}
        </Dialog>
      )
  }
}
