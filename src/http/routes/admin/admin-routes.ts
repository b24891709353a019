import { admitAdminsOnly } from "../../access/admin-area.ts"
import type { Services } from "../../services.ts"
import { compileLate } from "../../transport/late-schemas.ts"
import type { App } from "../../transport/typed-app.ts"
import { registerAccessCodeRoutes } from "./access-codes/access-code-routes.ts"
import { registerControlRoom } from "./control-room/control-room-routes.ts"
import { registerListActions } from "./control-room/list-actions.ts"
import { registerShowLiveSale } from "./control-room/show-live-sale.ts"
import { registerAssignPayment } from "./money/assign-payment.ts"
import { registerConfirmRefund } from "./money/confirm-refund.ts"
import { createDisputeVerdict } from "./money/dispute-verdict.ts"
import { registerListDisputes } from "./money/list-disputes.ts"
import { registerListMoneyInbox } from "./money/list-money-inbox.ts"
import { registerListPaymentEvents } from "./money/list-payment-events.ts"
import { registerListPayments } from "./money/list-payments.ts"
import { registerListRefunds } from "./money/list-refunds.ts"
import { registerMarkDisputeLost } from "./money/mark-dispute-lost.ts"
import { registerMarkDisputeWon } from "./money/mark-dispute-won.ts"
import { registerMarkPaymentReturned } from "./money/mark-payment-returned.ts"
import { registerRefundOrder } from "./money/refund-order.ts"
import { createRefundSettlement } from "./money/refund-settlement.ts"
import { registerRetryRefund } from "./money/retry-refund.ts"
import { registerOperatorRoutes } from "./operators/operator-routes.ts"
import { registerCancelOrderAsShop } from "./orders/cancel-order-as-shop.ts"
import { registerEraseDetails } from "./orders/erase-details.ts"
import { registerExportOrdersCsv } from "./orders/export-orders-csv.ts"
import { registerListHolds } from "./orders/list-holds.ts"
import { registerListOrders } from "./orders/list-orders.ts"
import { registerReleaseHoldAsShop } from "./orders/release-hold-as-shop.ts"
import { registerResendMail } from "./orders/resend-mail.ts"
import { registerSearchOrders } from "./orders/search-orders.ts"
import { registerChangeShop } from "./shop/change-shop.ts"
import { registerShowShop } from "./shop/show-shop.ts"
import { registerSetDetailsAsShop } from "./orders/set-details-as-shop.ts"
import { registerShowWholeOrder } from "./orders/show-whole-order.ts"
import { registerAddVariants } from "./products/add-variants.ts"
import { registerChangeProduct } from "./products/change-product.ts"
import { registerChangeVariant } from "./products/change-variant.ts"
import { registerCreateProduct } from "./products/create-product.ts"
import { registerListAllProducts } from "./products/list-products.ts"
import { registerPauseSale } from "./products/pause-sale.ts"
import { createProductChange } from "./products/product-change.ts"
import { registerProductContent } from "./products/product-content.ts"
import { registerResumeSale } from "./products/resume-sale.ts"
import { registerShowAnyProduct } from "./products/show-product.ts"
import { registerSetStock } from "./products/set-stock.ts"
import { registerSetVariantStock } from "./products/set-variant-stock.ts"
import { registerWebhookRoutes } from "./webhooks/webhook-routes.ts"

/** Registers the shop's part of the API and the control room. */
export function registerAdminRoutes(app: App, services: Services): void {
  void app.register(async (admin: App) => {
    admitAdminsOnly(admin, services)
    compileLate(admin)
    registerProductRoutes(admin, services)
    registerMoneyRoutes(admin, services)
    registerOrderRoutes(admin, services)
    registerWebhookRoutes(admin, services)
    registerOperatorRoutes(admin, services)
    registerAccessCodeRoutes(admin, services)
    registerShowShop(admin, services)
    registerChangeShop(admin, services)
    registerListActions(admin, services)
    registerShowLiveSale(admin, services)
    registerExportOrdersCsv(admin, services)
  })
  registerControlRoom(app, services)
}

function registerProductRoutes(admin: App, services: Services): void {
  const changeProduct = createProductChange(services)
  registerListAllProducts(admin, services)
  registerShowAnyProduct(admin, services)
  registerCreateProduct(admin, changeProduct, services)
  registerChangeProduct(admin, changeProduct)
  registerSetStock(admin, changeProduct, services)
  registerAddVariants(admin, changeProduct, services)
  registerChangeVariant(admin, changeProduct)
  registerSetVariantStock(admin, changeProduct, services)
  registerPauseSale(admin, changeProduct)
  registerResumeSale(admin, changeProduct)
  registerProductContent(admin, services)
}

function registerMoneyRoutes(admin: App, services: Services): void {
  const settleRefund = createRefundSettlement(services)
  registerRefundOrder(admin, services)
  registerListRefunds(admin, services)
  registerRetryRefund(admin, settleRefund)
  registerConfirmRefund(admin, settleRefund)
  registerListMoneyInbox(admin, services)
  registerAssignPayment(admin, services)
  registerMarkPaymentReturned(admin, services)

  const recordVerdict = createDisputeVerdict(services)
  registerListDisputes(admin, services)
  registerMarkDisputeWon(admin, recordVerdict)
  registerMarkDisputeLost(admin, recordVerdict)
}

function registerOrderRoutes(admin: App, services: Services): void {
  registerCancelOrderAsShop(admin, services)
  registerSetDetailsAsShop(admin, services)
  registerReleaseHoldAsShop(admin, services)
  registerListOrders(admin, services)
  registerSearchOrders(admin, services)
  registerEraseDetails(admin, services)
  registerShowWholeOrder(admin, services)
  registerResendMail(admin, services)
  registerListHolds(admin, services)
  registerListPayments(admin, services)
  registerListPaymentEvents(admin, services)
}
