import type { Services } from "../../services.ts"
import type { App } from "../../transport/typed-app.ts"
import { registerCancelOrder } from "./cancel-order.ts"
import { registerConfirmMailbox } from "./confirm-mailbox.ts"
import { registerFindOrders } from "./find-orders.ts"
import { createCodeAttempts } from "./code-attempts.ts"
import { createHoldPlacement } from "./hold-placement.ts"
import { registerListCountries } from "./list-countries.ts"
import { registerMakePaymentLink } from "./make-payment-link.ts"
import { createOrderChange } from "./order-change.ts"
import { registerListProducts } from "./list-products.ts"
import { registerOpenPayment } from "./open-payment.ts"
import { createOrderPlacement } from "./order-placement.ts"
import { registerPlaceHoldByPath } from "./place-hold-by-path.ts"
import { registerPlaceHold } from "./place-hold.ts"
import { registerPlaceOrderByPath } from "./place-order-by-path.ts"
import { registerPlaceOrder } from "./place-order.ts"
import { registerSetDetails } from "./set-details.ts"
import { registerShowProductContent } from "./show-product-content.ts"
import { registerShowProduct } from "./show-product.ts"
import { registerPaymentAttempt } from "./record-payment-attempt.ts"
import { registerReleaseHold } from "./release-hold.ts"
import { registerShowAccess } from "./show-access.ts"
import { registerShowAddressLayout } from "./show-address-layout.ts"
import { registerShowHold } from "./show-hold.ts"
import { registerShowOrder } from "./show-order.ts"
import { registerStreamProducts } from "./stream-products.ts"

/** What the buyers' part of the API needs to know of the server's settings. */
interface BuyerRouteOptions {
  /** As for {@link registerStreamProducts}. */
  readonly streamsPerAddress: number
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[]
}

/** Registers the buyers' part of the API. */
export function registerBuyerRoutes(
  app: App,
  services: Services,
  { streamsPerAddress, corsOrigins }: BuyerRouteOptions,
): void {
  registerListProducts(app, services)
  registerShowProduct(app, services)
  registerShowProductContent(app, services)
  registerStreamProducts(app, services, streamsPerAddress)

  const codes = createCodeAttempts(services.limits)
  registerShowAccess(app, services, codes)
  const holdPlacement = createHoldPlacement(services, codes)
  registerPlaceHold(app, holdPlacement, services)
  registerPlaceHoldByPath(app, holdPlacement, { ...services, corsOrigins })
  registerShowHold(app, services)
  registerReleaseHold(app, services)

  registerListCountries(app)
  registerShowAddressLayout(app)

  const placeOrder = createOrderPlacement(services)
  const changeOrder = createOrderChange(services)
  registerPlaceOrder(app, placeOrder)
  registerPlaceOrderByPath(app, placeOrder)
  registerShowOrder(app, services)
  registerSetDetails(app, changeOrder)
  registerCancelOrder(app, changeOrder)
  registerPaymentAttempt(app, changeOrder)
  registerOpenPayment(app, services)
  registerMakePaymentLink(app, changeOrder, services)
  registerFindOrders(app, services)
  registerConfirmMailbox(app, services)
}
