import { signal } from "@preact/signals"
import type { Appearance, Stripe, StripeElements } from "@stripe/stripe-js"
import { loadStripe } from "@stripe/stripe-js/pure"
import type { PaymentChoice } from "../shared/page-data.ts"
import type { PaymentSeen } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import { storage } from "./browser-storage.ts"
import {
  PaymentRefusal,
  type PaymentForm,
  type PaymentMethod,
  type PaymentContext,
} from "./payment-method.ts"

type StripeChoice = Extract<PaymentChoice, { readonly kind: "stripe" }>

/** The state after Stripe has confirmed the payment to this browser. Only the webhook decides whether it pays the order. */
const confirmed: PaymentSeen = { status: "processing", capturedMinor: 0, refundedMinor: 0 }

/**
 * Pays with Stripe's Payment Element. Stripe's script is loaded and the form is shown as soon as the order can be paid;
 * the button confirms what the buyer has filled in. Where the form could not be loaded, the button tries again.
 */
export function createStripePayment({ publishableKey }: StripeChoice, parts: PaymentContext): PaymentMethod {
  const { client, orderId, token, language } = parts
  const { notTaken } = language.words
  const form = signal<PaymentForm | "loading" | null>(null)
  let shown: { readonly stripe: Stripe; readonly elements: StripeElements } | null = null

  async function showForm(): Promise<void> {
    const [stripe, opened] = await Promise.all([
      load(publishableKey, language),
      client.orders.openPayment(orderId, { token: token() }),
    ])
    save(opened.payment_id, false)
    const elements = stripe.elements({ clientSecret: opened.client_secret, appearance: appearance() })
    const element = elements.create("payment")
    shown = { stripe, elements }
    form.value = { mount: (place) => (place === null ? element.unmount() : element.mount(place)) }
  }

  async function prepare(): Promise<void> {
    if (form.value !== null) return
    form.value = "loading"
    try {
      await showForm()
    } catch (error) {
      form.value = null
      throw error
    }
  }

  async function confirm({ stripe, elements }: NonNullable<typeof shown>): Promise<void> {
    const { error } = await stripe.confirmPayment({
      elements,
      confirmParams: { return_url: `${location.origin}/o/${orderId}` },
      redirect: "if_required",
    })
    if (error !== undefined) throw new PaymentRefusal(error.message ?? notTaken)
    const started = storage.order(orderId)?.payment ?? null
    if (started !== null) save(started.id, true)
    shown = null
    form.value = null
  }

  function save(id: string, isConfirmed: boolean): void {
    storage.saveOrder(orderId, { token: token(), payment: { id, url: null, isConfirmed } })
  }

  return {
    form,
    prepare,
    pay: () => (shown === null ? prepare() : confirm(shown)),
    seen: async () => (storage.order(orderId)?.payment?.isConfirmed === true ? confirmed : null),
    start() {
      const query = new URLSearchParams(location.search)
      if (!query.has("payment_intent")) return null
      // The query contains the client secret. Without it, a buyer who shares the page's address does not share the secret.
      history.replaceState(null, "", location.pathname)
      const started = storage.order(orderId)?.payment ?? null
      if (started === null || query.get("payment_intent") !== started.id) return null
      const isTaken = query.get("redirect_status") !== "failed"
      if (isTaken) save(started.id, true)
      return isTaken ? null : new PaymentRefusal(notTaken)
    },
  }
}

async function load(publishableKey: string, { tag, words }: Language): Promise<Stripe> {
  const stripe = await loadStripe(publishableKey, { locale: tag }).catch(() => null)
  if (stripe !== null) return stripe
  throw new PaymentRefusal(words.formNotLoaded)
}

/** Passes the page's colours to the form, because its frame does not inherit them. */
function appearance(): Appearance {
  const probe = document.createElement("span")
  document.body.append(probe)
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const variables = {
    colorBackground: colour("surface"),
    colorText: colour("ink"),
    colorTextSecondary: colour("muted"),
    colorPrimary: colour("focus"),
    colorDanger: colour("bad"),
    fontFamily: getComputedStyle(document.body).fontFamily,
    borderRadius: "3px",
  }
  probe.remove()
  return { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe", variables }
}
