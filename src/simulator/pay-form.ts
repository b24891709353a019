import {
  bankButtons,
  buttons,
  missingPage,
  pageHeaders,
  payPage,
  type BankButton,
  type Button,
} from "./pay-page.ts"
import type { PaymentStore } from "./payment-store.ts"
import type { PaymentResult } from "./payments.ts"
import type { Processor } from "./processor.ts"
import { contentType, RequestRefused, type SimulatorRequest, type SimulatorResponse } from "./requests.ts"
import { resultFrom } from "./wire.ts"

/** The parts of the simulator that the pay page uses. */
export interface PayFormOptions {
  readonly store: PaymentStore
  readonly processor: Processor
}

/** About as long as a bank's own page takes. */
const THREE_D_SECURE_MS = 3_000

/** The step of the bank, in the query of a payment's page. The simulator does not remember who is at it. */
const AT_BANK = "step=bank"

/** Shows a payment's page. */
export function showPayPage({ store }: PayFormOptions, id: string, query: string): SimulatorResponse {
  const payment = store.payment(id)
  return payment === undefined ? page(404, missingPage()) : page(200, payPage(payment, query === AT_BANK))
}

/** Carries out the action of the pressed button, and redirects to the page. */
export function submitPayForm(
  { store, processor }: PayFormOptions,
  id: string,
  request: SimulatorRequest,
): SimulatorResponse {
  const payment = store.payment(id)
  if (payment === undefined) return page(404, missingPage())
  const action = new URLSearchParams(request.body).get("action") ?? ""
  if (contentType(request.headers) !== "application/x-www-form-urlencoded" || !isButton(action)) {
    throw new RequestRefused(
      422,
      "invalid_request",
      `action must be one of ${Object.keys({ ...buttons, ...bankButtons }).join(", ")}`,
    )
  }
  if (action === "3ds") return seeOther(`${request.root}/pay/${id}?${AT_BANK}`)
  // A refusal is not shown: the page was out of date, and the redirect shows the payment's present state.
  if (action === "cancel") processor.cancelPayment(id)
  else processor.endPayment(id, resultOfButton(action, payment.amountMinor))
  return seeOther(`${request.root}/pay/${id}`)
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
  return Object.hasOwn(buttons, text) || Object.hasOwn(bankButtons, text)
}

function page(status: number, body: string): SimulatorResponse {
  return { status, headers: pageHeaders, body }
}
