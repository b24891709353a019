import { effect, untracked } from "@preact/signals"
import { render } from "preact"
import {
  createClient,
  ProblemError,
  productIn,
  type Product,
  type ProductContent,
} from "../../client/src/index.ts"
import { languages, type LanguageTag } from "../../client/src/languages.ts"
import { storage } from "../storefront/browser-storage.ts"
import type { Language } from "../storefront/language.ts"
import { leaveFor } from "../storefront/leave-for.ts"
import { OrderAddress } from "../storefront/order-address.ts"
import { LanguageProvider } from "../storefront/page-language.ts"
import { createProductPageModel } from "../storefront/product-page-model.ts"
import { noticeText } from "../storefront/texts.ts"
import { attributeNames, languageFor, wantedBy, type Wanted } from "./attributes.ts"
import { BuyPanel } from "./buy-panel.tsx"
import { happeningsBetween, type Happening, type Situation } from "./happenings.ts"
import { orderPageOf, type OrderPageValues } from "./order-page.ts"
import { watchOrder } from "./order-watch.ts"
import { addAccent, addStyles } from "./styles.ts"
import { loadLanguage } from "./words.ts"

/** Between two tries to reach the server at first. */
const TRY_AGAIN_MS = 3_000

/** The server that the script comes from. */
const server = new URL(import.meta.url).origin

/** `<doorbuster-buy product="7">`: sells a product of this server on a page of any site that the server allows. */
export class DoorbusterBuy extends HTMLElement {
  static readonly observedAttributes = attributeNames

  readonly #root: ShadowRoot
  #running: AbortController | null = null
  #isChanged = false

  constructor() {
    super()
    this.#root = this.attachShadow({ mode: "open" })
    addStyles(this.#root)
  }

  connectedCallback(): void {
    if (this.#running === null) this.#start()
  }

  /** An element that is only moved keeps its state, also where the browser stores nothing. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop()
    })
  }

  attributeChangedCallback(): void {
    if (this.#running === null || this.#isChanged) return
    // Once, however many attributes a script changes.
    this.#isChanged = true
    queueMicrotask(() => {
      this.#isChanged = false
      if (!this.isConnected) return
      this.#stop()
      this.#start()
    })
  }

  #start(): void {
    const running = new AbortController()
    this.#running = running
    const { wanted, faults } = wantedBy((name) => this.getAttribute(name), document.baseURI)
    if (wanted === null) return this.#fail(`${faults.join("; ")}.`)
    void this.#run(wanted, running.signal)
  }

  #stop(): void {
    this.#running?.abort()
    this.#running = null
    render(null, this.#root)
  }

  async #run(wanted: Wanted, until: AbortSignal): Promise<void> {
    const words = loadLanguage(this.#language())
    // Without words nothing can be said but in English.
    words.catch(() => this.#fail(`A part of the script could not be loaded from ${server}. Reload the page.`))
    const [product, content] = await Promise.all([
      this.#readProduct(wanted.productId, words, until),
      readContent(wanted.productId, this.#language(), until),
    ])
    if (product === null || until.aborted) return
    if (content?.shop_accent !== undefined) addAccent(this.#root, content.shop_accent)
    this.#sell(product, content, { wanted, language: await words, until })
  }

  #language() {
    const around = this.closest("[lang]")?.getAttribute("lang")
    return languageFor([this.getAttribute("lang"), around, ...navigator.languages])
  }

  /** Reads the product, however long that takes. Null: it is none, or this page may not ask. */
  async #readProduct(
    productId: number,
    words: Promise<Language>,
    until: AbortSignal,
  ): Promise<Product | null> {
    const client = createClient({ baseUrl: server })
    for (;;) {
      try {
        return await client.products.get(productId, { retry: { tries: 1 }, signal: until })
      } catch (error) {
        if (until.aborted) return null
        if (error instanceof ProblemError && error.code === "product_not_found") {
          this.#fail(`There is no product ${productId} at ${server}.`)
          return null
        }
        if (!(error instanceof ProblemError) && (await isForbidden())) {
          this.#fail(
            `${server} does not allow pages of ${location.origin}. Its operator adds that origin to CORS_ORIGINS.`,
          )
          return null
        }
        if (!until.aborted) this.#show((await words).words.offline)
      }
      await pause(TRY_AGAIN_MS, until)
      if (until.aborted) return null
    }
  }

  #sell(product: Product, content: ProductContent | null, { wanted, language, until }: Selling): void {
    const { productId, variantId, qty, customer, customerToken, accessCode, orderPage } = wanted
    const firstChoice = variantId === null ? null : [{ variant_id: variantId, qty }]
    if (variantId !== null && product.variants?.every(({ id }) => id !== variantId) !== false) {
      return this.#fail(`Product ${productId} has no variant ${variantId}.`)
    }
    if (customer !== null) storage.saveCustomerId(customer)
    const pageOf = (orderId: number, token: string | null) => {
      const values = { order_id: String(orderId), lang: language.tag, token: token ?? "" }
      return orderPage === null ? orderLink(values) : orderPageOf(orderPage, document.baseURI, values)
    }
    const linkOf = (orderId: number) => pageOf(orderId, held.value?.token ?? null)
    const told = new Map<number, boolean>()
    /** Tells the page of an order, once. False: the page goes on by itself. */
    const tellOrdered = (orderId: number, token: string): boolean => {
      const goesOn =
        told.get(orderId) ??
        this.#dispatch("ordered", {
          product_id: productId,
          order_id: orderId,
          hold_id: held.value?.hold.hold_id ?? null,
          url: pageOf(orderId, token),
          token,
        })
      told.set(orderId, goesOn)
      return goesOn
    }
    const { model, held, start } = createProductPageModel(
      {
        kind: "product",
        product: content === null ? product : productIn(product, content),
        payment: null,
        challenge: { page: `${server}/p/${productId}` },
        ...(content !== null && { content }),
      },
      language,
      {
        baseUrl: server,
        firstQty: qty,
        earlyChoice: () => firstChoice,
        earlyPicks: () => [],
        customerToken: () => customerToken,
        forgetCustomer: () => undefined,
        accessCode: () => accessCode,
        onLink: () => undefined,
        prepare: () => undefined,
        goOn: async (orderId, token) => {
          if (tellOrdered(orderId, token)) await leaveFor(linkOf(orderId))
        },
      },
    )
    const order = watchOrder(createClient({ baseUrl: server }), held, until)
    const onCheckout = () => {
      if (model.view.value.pending !== null || held.value === null) return
      const { hold, token } = held.value
      const detail = { product_id: productId, hold_id: hold.hold_id, qty: hold.qty, token }
      if (this.#dispatch("checkout", detail)) model.actions.makeOrder()
    }
    const tell = (happening: Happening) => {
      switch (happening.type) {
        case "held":
        case "ended":
          return void this.#dispatch(happening.type, happening.detail)
        case "refused": {
          const { notice } = happening
          const message = noticeText(language, notice)
          return void this.#dispatch("refused", { product_id: productId, code: notice.code, message })
        }
        case "ordered":
          return void tellOrdered(happening.orderId, happening.held.token)
        case "paid": {
          const { order_id, quantity, total_price, currency } = happening.order
          if (storage.isPaidTold(order_id)) return
          storage.savePaidTold(order_id)
          this.#dispatch("paid", { product_id: productId, order_id, qty: quantity, total_price, currency })
        }
      }
    }
    const { direction } = languages[language.tag]
    render(
      <div class={customer === null ? "root" : "root known-customer"} lang={language.tag} dir={direction}>
        <LanguageProvider value={language}>
          <OrderAddress.Provider value={linkOf}>
            <BuyPanel model={model} order={order} onCheckout={onCheckout} />
          </OrderAddress.Provider>
        </LanguageProvider>
      </div>,
      this.#root,
    )
    let before: Situation | null = null
    start(until)
    const stop = effect(() => {
      const now = { held: held.value, view: model.view.value, order: order.value }
      const happenings = happeningsBetween(before, now)
      before = now
      this.setAttribute("stage", now.view.stage.kind)
      untracked(() => happenings.forEach(tell))
    })
    until.addEventListener("abort", stop)
  }

  /** Returns false if a listener has prevented what follows. */
  #dispatch(type: string, detail: unknown): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    )
  }

  #show(text: string): void {
    render(
      <div class="root">
        <p class="notice" role="status" dir="auto">
          {text}
        </p>
      </div>,
      this.#root,
    )
  }

  /** Says what the page's author has to mend, to that author: in English, on the element and in the console. */
  #fail(text: string): void {
    // oxlint-disable-next-line no-console -- the author of the page looks there
    console.error(`doorbuster-buy: ${text}`, this)
    this.setAttribute("stage", "error")
    render(
      <div class="root" lang="en" dir="ltr">
        <p class="notice error" role="alert">
          {text}
        </p>
      </div>,
      this.#root,
    )
  }
}

/** How a product is sold, and until when. */
interface Selling {
  readonly wanted: Wanted
  readonly language: Language
  readonly until: AbortSignal
}

/** The product's texts in a language. Null: they cannot be read, and the product's own name is shown. */
async function readContent(
  productId: number,
  language: LanguageTag,
  signal: AbortSignal,
): Promise<ProductContent | null> {
  const client = createClient({ baseUrl: server })
  return client.products.content(productId, language, { retry: { tries: 1 }, signal }).catch(() => null)
}

/**
 * The address of an order's page at Doorbuster, which leads back to this page. The key is after `#`, which browsers send to no
 * server, and so is the path of this page.
 */
function orderLink({ order_id, lang, token }: OrderPageValues): string {
  const site = encodeURIComponent(location.origin)
  const path = encodeURIComponent(location.pathname + location.search)
  return `${server}/o/${order_id}?lang=${lang}&from=${site}#${token}&from=${path}`
}

/**
 * True if the server is there and does not answer pages of this origin. Browsers tell the two causes of a failed request
 * apart to nobody, but this script every page may load.
 */
async function isForbidden(): Promise<boolean> {
  try {
    return (await fetch(`${server}/embed.js`, { method: "HEAD", cache: "no-store" })).ok
  } catch {
    return false
  }
}

async function pause(ms: number, until: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    until.addEventListener("abort", () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
