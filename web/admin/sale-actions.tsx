import { useSignal } from "@preact/signals"
import type { ShopProduct } from "../../client/src/index.ts"
import { shop } from "./api.ts"
import { Dialog } from "./dialog.tsx"
import { may } from "./own-role.ts"
import { PublicationDialog, publicationActions, type PublicationAction } from "./publication.tsx"
import { StockDialog } from "./stock-dialog.tsx"

type Action = "pause" | "resume" | "close" | "add" | "set"

export interface SaleActionsProps {
  readonly product: ShopProduct
  readonly isPaused: boolean
  /** Reads the sale again. */
  readonly done: () => void
}

/** The buttons of a sale and their dialogs. */
export function SaleActions({ product, isPaused, done }: SaleActionsProps) {
  const chosen = useSignal<Action | null>(null)
  const published = useSignal<PublicationAction | null>(null)
  const close = () => {
    chosen.value = null
    published.value = null
    done()
  }
  return (
    <div class="buttons actions">
      {(may("manager") ? actionsFor(product, isPaused) : []).map(([action, text]) => (
        <button key={action} type="button" class="button" onClick={() => void (chosen.value = action)}>
          {text}
        </button>
      ))}
      {(may("manager") ? publicationActions(product) : []).map(([action, text]) => (
        <button
          key={action}
          type="button"
          class={action === "sell" ? "button primary" : "button"}
          onClick={() => void (published.value = action)}
        >
          {text}
        </button>
      ))}
      <ul class="links">
        {may("manager") && <ManagerLinks {...product} />}
        {(may("manager") || product.phases !== undefined) && (
          <li>
            <a href={`/admin/p/${product.id}/codes`}>Access codes</a>
          </li>
        )}
        {may("support") && <OrderLinks {...product} />}
        {product.status !== "archived" && (
          <li>
            <StorefrontLink {...product} />
          </li>
        )}
      </ul>
      {chosen.value !== null && <ActionDialog action={chosen.value} product={product} close={close} />}
      {published.value !== null && (
        <PublicationDialog action={published.value} product={product} isPaused={isPaused} close={close} />
      )}
    </div>
  )
}

function ManagerLinks({ id, variants, reserved_stock, sold_stock }: ShopProduct) {
  return (
    <>
      <li>
        <a href={`/admin/p/${id}/edit`}>Settings</a>
      </li>
      <li>
        <a href={`/admin/p/${id}/content`}>Pictures and texts</a>
      </li>
      {variants === undefined && reserved_stock + sold_stock === 0 && (
        <li>
          <a href={`/admin/p/${id}/variants`}>Add variants</a>
        </li>
      )}
    </>
  )
}

function OrderLinks({ id }: ShopProduct) {
  return (
    <>
      <li>
        <a href={`/admin/search?product_id=${id}`}>Orders and holds</a>
      </li>
      <li>
        <a href={`/api/admin/orders.csv?product_id=${id}&status=paid&rows=orders`} download>
          Parcel list: paid orders (CSV)
        </a>{" "}
        <span class="muted small">one row for each order</span>
      </li>
      <li>
        <a href={`/api/admin/orders.csv?product_id=${id}`} download>
          Export all orders (CSV)
        </a>{" "}
        <span class="muted small">one row for each line of an order</span>
      </li>
    </>
  )
}

/** To the product's page. A draft has none yet, only the shop's view of what it will be. */
function StorefrontLink({ id, status }: ShopProduct) {
  return status === "draft" ? (
    <a href={`/admin/p/${id}/preview`}>Preview</a>
  ) : (
    <a href={`/p/${id}`}>View in storefront</a>
  )
}

/**
 * A scheduled sale can be paused as well; it cannot be closed before it opens, and a draft has none. The stock of a product with variants is
 * changed by variant.
 */
function actionsFor(
  { sale_state: state, variants, status }: ShopProduct,
  isPaused: boolean,
): readonly (readonly [Action, string])[] {
  const turn = isPaused ? (["resume", "Resume…"] as const) : (["pause", "Pause…"] as const)
  const close = ["close", "Close now…"] as const
  const stock =
    variants === undefined
      ? ([
          ["add", "Add stock…"],
          ["set", "Set stock…"],
        ] as const)
      : []
  if (state === "closed" || status === "draft" || status === "archived") return stock
  return state === "scheduled" ? [turn, ...stock] : [turn, close, ...stock]
}

interface ActionDialogProps {
  readonly action: Action
  readonly product: ShopProduct
  readonly close: () => void
}

function ActionDialog({ action, product, close }: ActionDialogProps) {
  const { id, name } = product
  switch (action) {
    case "pause":
      return (
        <Dialog
          title={`Pause ${name}?`}
          action="Pause the sale"
          danger
          run={() => shop.products.pause(id)}
          close={close}
        >
          {product.sale_state === "scheduled" ? (
            <p>When the sale opens, no units can be held until you resume it.</p>
          ) : (
            <p>No new holds are possible from now on. Existing holds and orders continue and can be paid.</p>
          )}
        </Dialog>
      )
    case "resume":
      return (
        <Dialog
          title={`Resume ${name}?`}
          action="Resume the sale"
          run={() => shop.products.resume(id)}
          close={close}
        >
          {product.sale_state === "scheduled" ? (
            <p>Units can be held as soon as the sale opens.</p>
          ) : (
            <p>Units can be held again at once.</p>
          )}
        </Dialog>
      )
    case "close":
      return (
        <Dialog
          title={`Close ${name} now?`}
          action="Close the sale"
          danger
          run={() => shop.products.change(id, { closes_at: product.server_time })}
          close={close}
        >
          <p>
            The sale ends now{product.closes_at === null ? "" : " instead of at its closing time"}. Buyers see
            that it has ended. Holds can still become orders until they expire, and orders can be paid. You
            can reopen it.
          </p>
        </Dialog>
      )
    case "add":
    case "set":
      return (
        <StockDialog
          isAdding={action === "add"}
          name={name}
          units={product}
          set={(body) => shop.products.setStock(id, body)}
          close={close}
        />
      )
  }
}
