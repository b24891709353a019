import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { NewProductBody } from "../../client/src/admin.ts"
import type { ShopProduct, ProductStatus, Time } from "../../client/src/index.ts"
import { priceOf } from "../shared/money.ts"
import { unitsOf } from "../shared/unit-texts.ts"
import { shop } from "./api.ts"
import { DateTime } from "./date-time.tsx"
import { Dialog } from "./dialog.tsx"

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
}

/** What a new product will offer. */
export function offerIn(body: NewProductBody): Offer {
  const { name, price_minor, currency, variants, opens_at = null, closes_at = null } = body
  const units = variants?.reduce((sum, { stock }) => sum + stock, 0) ?? body.stock ?? 0
  const prices = variants?.map((variant) => variant.price_minor ?? price_minor) ?? [price_minor]
  return { name, prices, currency, units, opensAt: opens_at, closesAt: closes_at, isPaused: false }
}

/** What a product that is there will offer. */
function offerOf(product: ShopProduct, isPaused: boolean): Offer {
  const { name, price_minor, currency, available_stock: units, opens_at, closes_at, variants } = product
  const prices = variants?.map((variant) => variant.price_minor) ?? [price_minor]
  return { name, prices, currency, units, opensAt: opens_at, closesAt: closes_at, isPaused }
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
      <p class="tabular">
        Price: {pricesText(prices, currency)} per unit. Stock: {unitsOf(units)}.
      </p>
    </Dialog>
  )
}

function SaleTimes({ opensAt, closesAt, isPaused }: Offer) {
  const now = Date.now()
  if (closesAt !== null && Date.parse(closesAt) <= now)
    return <>Its closing time has passed, so no units can be held until you reopen the sale.</>
  if (isPaused) return <>Its sale is paused, so no units can be held until you resume it.</>
  return opensAt !== null && Date.parse(opensAt) > now ? (
    <>
      The sale opens <DateTime at={opensAt} />. Until then no units can be held.
    </>
  ) : (
    <>The sale is open at once: units can be held as soon as you confirm.</>
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
