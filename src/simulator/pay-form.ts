import { knownLanguage, languageTags } from "../../client/src/languages.ts"
import { chosenLanguage } from "../site/language-choice.ts"
import type { FramedPage, PayFrame, PayShop } from "./pay-frame.ts"
import { bankButtons, buttons, missingPage, payPage, type BankButton, type Button } from "./pay-page.ts"
import type { PaymentStore } from "./payment-store.ts"
import type { PaymentResult } from "./payments.ts"
import type { Processor } from "./processor.ts"
import { contentType, RequestRefused, type SimulatorRequest, type SimulatorResponse } from "./requests.ts"
import { resultFrom } from "./wire.ts"

/** The parts of the simulator that the pay page uses. */
export interface PayFormOptions {
  readonly store: PaymentStore
  readonly processor: Processor
  /** The shop in whose frame the page stands; null: a simulator in a process of its own knows none. */
  readonly shop: (() => PayShop | Promise<PayShop>) | null
}

/** About as long as a bank's own page takes. */
const THREE_D_SECURE_MS = 3_000

/** Shows a payment's page. The simulator does not remember who is at the step of the bank: the address says it. */
export async function showPayPage(
  options: PayFormOptions,
  id: string,
  request: SimulatorRequest,
): Promise<SimulatorResponse> {
  const payment = options.store.payment(id)
  const frame = await frameOf(options, request)
  if (payment === undefined) return page(404, missingPage(frame))
  return page(200, payPage(payment, frame, queryOf(request).get("step") === "bank"))
}

/**
 * Carries out the action of the pressed button, and redirects: to the bank, back to the shop, or to the page itself where
 * no shop has said its address. The page waits for no result, and no time runs out for its readers.
 */
export async function submitPayForm(
  options: PayFormOptions,
  id: string,
  request: SimulatorRequest,
): Promise<SimulatorResponse> {
  const { store, processor } = options
  const payment = store.payment(id)
  if (payment === undefined) return page(404, missingPage(await frameOf(options, request)))
  const action = new URLSearchParams(request.body).get("action") ?? ""
  if (contentType(request.headers) !== "application/x-www-form-urlencoded" || !isButton(action)) {
    throw new RequestRefused(
      422,
      "invalid_request",
      `action must be one of ${[...buttons, ...bankButtons].join(", ")}`,
    )
  }
  // A refusal is not shown: the page was out of date, and the redirect shows the payment's present state.
  if (action === "cancel") processor.cancelPayment(id)
  else if (action !== "3ds") processor.endPayment(id, resultOfButton(action, payment.amountMinor))
  if (action !== "3ds" && payment.returnUrl !== null) return seeOther(payment.returnUrl)
  return seeOther(ownPage(id, request, action === "3ds" ? { step: "bank" } : {}))
}

/** The language is chosen as on the storefront's pages. */
async function frameOf({ shop: read }: PayFormOptions, request: SimulatorRequest): Promise<PayFrame> {
  const shop = (await read?.()) ?? null
  const header = (name: string) => request.headers[name]?.toString()
  const wish = {
    asked: queryOf(request).get("lang"),
    cookie: header("cookie"),
    acceptLanguage: header("accept-language"),
  }
  return { shop, tag: chosenLanguage(wish, shop?.languages ?? languageTags) }
}

function queryOf({ url }: SimulatorRequest): URLSearchParams {
  return new URLSearchParams(url.split("?", 2)[1])
}

/** The page's address, with the language that the present one asks for. */
function ownPage(id: string, request: SimulatorRequest, query: Readonly<Record<string, string>>): string {
  const lang = knownLanguage(queryOf(request).get("lang") ?? "")
  const kept = new URLSearchParams({ ...query, ...(lang !== null && { lang }) }).toString()
  return `${request.root}/pay/${id}${kept === "" ? "" : `?${kept}`}`
}

function seeOther(location: string): SimulatorResponse {
  return { status: 303, headers: { location }, body: "" }
}

function resultOfButton(
  button: Exclude<Button, "cancel" | "3ds"> | BankButton,
  amountMinor: number,
): PaymentResult {
  const isDeclined = button === "decline" || button === "refuse"
  const result = resultFrom(isDeclined ? "decline" : "succeed", amountMinor, {})
  if (button === "late") return { ...result, delayMs: "late" }
  return button === "confirm" ? { ...result, delayMs: THREE_D_SECURE_MS } : result
}

function isButton(text: string): text is Button | BankButton {
  return [...buttons, ...bankButtons].some((value) => value === text)
}

function page(status: number, { headers, body }: FramedPage): SimulatorResponse {
  return { status, headers, body }
}
