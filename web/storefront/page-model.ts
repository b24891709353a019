import { signal, type ReadonlySignal } from "@preact/signals"
import type { Client, DetailsBody, FieldError, Product, Variant } from "../../client/src/index.ts"
import type { ChallengeChoice, PageContent } from "../shared/page-data.ts"
import { noAccess, type BuyerAccess } from "./buyer-opening.ts"
import type { MailboxModel } from "./mailbox.ts"
import type { PaymentForm } from "./payment-method.ts"
import { productAt, whatBuyerSees, type BuyerView, type Known } from "./buyer-view.ts"
import { choiceOf, withPick, type Picks } from "./option-choice.ts"
import { firstChoice, variantsForSale, type Choice } from "./variant-choice.ts"

/** The state of a storefront page and the actions of its buttons. */
export interface PageModel {
  readonly view: ReadonlySignal<BuyerView>
  /** Null: not known yet. */
  readonly product: ReadonlySignal<Product | null>
  readonly order: ReadonlySignal<Known["order"]>
  readonly products: ReadonlySignal<readonly Product[]>
  readonly nowMs: ReadonlySignal<number | null>
  /** The reader's time zone. Null: the scripts have not run yet, times are in UTC, and buttons do nothing. */
  readonly zone: ReadonlySignal<string | null>
  /** True: a buyer pays from here, rather than the shop directly. */
  readonly paysHere: boolean
  readonly customerId: ReadonlySignal<string>
  /** With which the shop says who the buyer is; null: it has not. */
  readonly customerToken: ReadonlySignal<string | null>
  /** The mailbox that the buyer has confirmed; only a product for confirmed mailboxes asks for one. */
  readonly mailbox: MailboxModel
  /** What the buyer solves before a code is mailed; null: nothing. */
  readonly challenge: ChallengeChoice | null
  /** What the server has said of the buyer, of a product with phases. */
  readonly access: ReadonlySignal<BuyerAccess>
  /** The variants to choose from, in their order; none where the product has no variants. */
  readonly offered: ReadonlySignal<readonly Variant[]>
  /** The variants that the buyer has chosen. */
  readonly choice: ReadonlySignal<Choice>
  /** What the buyer has picked of a product that is chosen by option, such as a colour without a size. */
  readonly picks: ReadonlySignal<Picks>
  /** How many units a form asks for at first. */
  readonly firstQty: number
  /** How countries write their addresses. Null: the scripts have not run yet. */
  readonly addresses: Client["addresses"] | null
  /** The server's reasons for refusing the details that the buyer has entered. */
  readonly detailErrors: ReadonlySignal<readonly FieldError[]>
  /** The address that opens the order on another device. It contains the owner token. Null: not known. */
  readonly orderLink: ReadonlySignal<string | null>
  /** The page of another site to which the buyer goes back from the order; null: there is none. */
  readonly wayBack: ReadonlySignal<string | null>
  /** The form of the payment provider; null: it has none, or could not be loaded. */
  readonly paymentForm: ReadonlySignal<PaymentForm | "loading" | null>
  readonly actions: {
    readonly choose: (choice: Choice) => void
    /** Picks a value of an option. When one of each is picked, their variant is chosen, and none before. */
    readonly pick: (option: string, value: string) => void
    readonly hold: (wanted: WantedUnits, customerId: string) => void
    /** Checks an access code, and keeps it if it is right; null: forgets the one that there is. */
    readonly enterCode: (code: string | null) => void
    readonly release: () => void
    readonly makeOrder: (details?: DetailsBody) => void
    /** Replaces the details of an order. Calls `onSaved` once the shop has them. */
    readonly saveDetails: (details: DetailsBody, onSaved: () => void) => void
    readonly pay: () => void
    readonly cancel: () => void
  }
}

/** The units that a buyer asks for. */
export interface WantedUnits {
  readonly qty: number
  /** Required where the product has variants. */
  readonly lines?: Choice
  /** The price that the button showed. */
  readonly totalMinor?: number
}

/** A page model, with the function that starts it once the page is rendered. */
export interface LivePageModel {
  readonly model: PageModel
  /** Runs until the signal; without one, as long as the page. */
  readonly start: (until?: AbortSignal) => void
}

const nothing = () => undefined

/** A preview stands still at its time; null: the page is none. */
function previewTime(data: PageContent): number | null {
  return data.kind === "product" && data.preview !== undefined ? Date.parse(data.product.server_time) : null
}

/** The facts that the server knows when it renders the page. */
function firstKnown(data: PageContent): Known {
  return {
    product: data.kind === "product" ? productAt(data.product, null) : null,
    hold: null,
    heldPriceMinor: null,
    askedMinor: null,
    heldOrderId: null,
    order: data.kind === "order" ? "unread" : null,
    payment: null,
    nowMs: previewTime(data),
    connection: "starting",
    pending: null,
    refusal: null,
  }
}

/** The page as the server renders it: its buttons do nothing yet. On a preview only a choice of variants has an effect. */
export function staticModel(data: PageContent): PageModel {
  const known = firstKnown(data)
  const isPreview = known.nowMs !== null
  const offered = data.kind === "product" ? variantsForSale(data.product) : []
  const choice = signal(data.kind === "product" ? firstChoice(data.product) : [])
  const picks = signal<Picks>([])
  function pick(option: string, value: string): void {
    picks.value = withPick(picks.value, option, value)
    choice.value = choiceOf(offered, picks.value, 1)
  }
  return {
    view: signal(whatBuyerSees(known)),
    product: signal(known.product),
    order: signal(known.order),
    products: signal(
      data.kind === "products" ? data.page.data.map((product) => productAt(product, null)) : [],
    ),
    nowMs: signal(null),
    zone: signal(null),
    paysHere: "payment" in data && data.payment !== null,
    customerId: signal(""),
    customerToken: signal(null),
    mailbox: {
      confirmed: signal(null),
      ask: async () => "off",
      enter: async () => "off",
      forget: nothing,
      read: nothing,
    },
    challenge: ("challenge" in data ? data.challenge : null) ?? null,
    access: signal(noAccess),
    offered: signal(offered),
    choice,
    picks,
    firstQty: 1,
    addresses: null,
    detailErrors: signal([]),
    orderLink: signal(null),
    wayBack: signal(null),
    paymentForm: signal(null),
    actions: {
      choose: isPreview ? (next) => void (choice.value = next) : nothing,
      pick: isPreview ? pick : nothing,
      hold: nothing,
      enterCode: nothing,
      release: nothing,
      makeOrder: nothing,
      saveDetails: nothing,
      pay: nothing,
      cancel: nothing,
    },
  }
}
