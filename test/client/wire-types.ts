import type { Static } from "typebox"
import type * as admin from "../../client/src/admin.ts"
import type * as client from "../../client/src/types.ts"
import { HealthWire } from "../../src/http/routes/system/show-health.ts"
import * as control from "../../src/http/wire/admin-schemas.ts"
import * as operators from "../../src/http/wire/operator-schemas.ts"
import * as links from "../../src/http/wire/order-links.ts"
import * as mailboxes from "../../src/http/wire/mailboxes.ts"
import * as payments from "../../src/http/wire/payment-schemas.ts"
import * as erase from "../../src/http/routes/admin/orders/erase-details.ts"
import * as search from "../../src/http/routes/admin/orders/search-orders.ts"
import * as webhooks from "../../src/http/wire/webhook-schemas.ts"
import * as access from "../../src/wire/access-codes.ts"
import * as address from "../../src/wire/address-layout.ts"
import { MailWire, WholeOrderWire } from "../../src/http/wire/whole-order.ts"
import * as details from "../../src/wire/details.ts"
import * as dispute from "../../src/wire/dispute.ts"
import * as hold from "../../src/wire/hold.ts"
import * as order from "../../src/wire/order.ts"
import * as content from "../../src/wire/product-content.ts"
import * as product from "../../src/wire/product.ts"
import * as publicProduct from "../../src/wire/public-product.ts"
import * as shop from "../../src/wire/shop.ts"
import * as refund from "../../src/wire/refund.ts"
import { VariantsBody } from "../../src/http/routes/admin/products/add-variants.ts"
import * as variant from "../../src/wire/variant.ts"

/** The server's schemas whose values the client sends or receives. */
export const wireSchemas = {
  Product: publicProduct.PublicProductWire,
  ProductList: publicProduct.PublicProductList,
  ShopProduct: product.ProductWire,
  ShopProductList: product.ProductList,
  Hold: hold.HoldWire,
  NewHold: hold.NewHoldWire,
  HoldBody: hold.HoldBody,
  HoldList: hold.HoldList,
  Order: order.OrderWire,
  OrderBody: order.OrderBody,
  OrderList: order.OrderList,
  DetailsBody: details.DetailsBody,
  FindOrdersBody: links.FindOrdersBody,
  AccessBody: access.AccessBody,
  Access: access.AccessWire,
  NewAccessCodesBody: access.NewAccessCodesBody,
  NewAccessCodes: access.NewAccessCodesWire,
  AccessCodeSets: access.AccessCodeSetsWire,
  AccessCodeBody: access.AccessCodeBody,
  AccessCode: access.AccessCodeWire,
  FoundOrders: links.FindOrdersAnswer,
  AltchaChallenge: mailboxes.AltchaChallenge,
  AskCodeBody: mailboxes.AskCodeBody,
  AskedCode: mailboxes.AskCodeAnswer,
  ConfirmCodeBody: mailboxes.ConfirmCodeBody,
  ConfirmedMailbox: mailboxes.ConfirmCodeAnswer,
  PaymentAttemptBody: payments.PaymentAttemptBody,
  OpenedPayment: payments.OpenedPaymentWire,
  PaymentLink: payments.PaymentLinkWire,
  CountryList: address.CountryListWire,
  AddressLayout: address.AddressLayoutWire,
  Health: HealthWire,
  NewProductBody: product.NewProductBody,
  ProductChangesBody: product.ProductChangesBody,
  StockBody: product.StockBody,
  NewVariantBody: variant.NewVariantBody,
  VariantChangesBody: variant.VariantChangesBody,
  VariantsBody,
  ShopSettings: shop.ShopWire,
  ShopChangesBody: shop.ShopChangesBody,
  ProductContent: content.ShownContentWire,
  StoredContent: content.ContentWire,
  ContentChangesBody: content.ContentChangesBody,
  Refund: refund.RefundWire,
  RefundBody: refund.RefundBody,
  RefundList: refund.RefundList,
  Dispute: dispute.DisputeWire,
  DisputeBody: dispute.DisputeBody,
  DisputeList: dispute.DisputeList,
  MoneyInboxEntry: payments.MoneyInboxEntry,
  MoneyInbox: payments.MoneyInbox,
  AssignBody: payments.AssignBody,
  PaymentEventWire: payments.PaymentEventWire,
  ReturnedBody: payments.ReturnedBody,
  PaymentList: payments.PaymentList,
  PaymentEventList: payments.PaymentEventList,
  Live: control.LiveWire,
  AdminAction: control.AdminActionWire,
  AdminActionList: control.AdminActionList,
  Operator: operators.OperatorWire,
  OperatorWithToken: operators.OperatorWithTokenWire,
  OperatorList: operators.OperatorListWire,
  NewOperatorBody: operators.NewOperatorBody,
  OperatorChangesBody: operators.OperatorChangesBody,
  NewEndpointBody: webhooks.NewEndpointBody,
  EndpointChangesBody: webhooks.EndpointChangesBody,
  RotationBody: webhooks.RotationBody,
  EraseBody: erase.EraseBody,
  OrderSearch: search.OrderSearch,
  OrderMail: MailWire,
  EraseAnswer: erase.EraseAnswer,
  ReplayBody: webhooks.ReplayBody,
  ReplayAnswer: webhooks.ReplayAnswer,
  TestAnswer: webhooks.TestAnswer,
  WebhookEndpoint: webhooks.EndpointWire,
  WebhookEndpointWithSecret: webhooks.EndpointWithSecretWire,
  EndpointList: webhooks.EndpointList,
  WebhookDelivery: webhooks.DeliveryWire,
  DeliveryList: webhooks.DeliveryList,
  WholeOrder: WholeOrderWire,
}

/** The client's type of the same name. */
interface WireTypes {
  Product: client.Product
  ProductList: client.Page<client.Product>
  ShopProduct: client.ShopProduct
  ShopProductList: client.Page<client.ShopProduct>
  Hold: client.Hold
  NewHold: client.NewHold
  HoldBody: client.HoldBody
  HoldList: client.Page<client.Hold>
  Order: client.Order
  OrderBody: client.OrderBody
  OrderList: client.Page<client.Order>
  DetailsBody: client.DetailsBody
  FindOrdersBody: client.FindOrdersBody
  FoundOrders: client.FoundOrders
  AltchaChallenge: client.AltchaChallenge
  AskCodeBody: client.AskCodeBody
  AskedCode: client.AskedCode
  ConfirmCodeBody: client.ConfirmCodeBody
  ConfirmedMailbox: client.ConfirmedMailbox
  PaymentAttemptBody: client.PaymentAttemptBody
  OpenedPayment: client.OpenedPayment
  PaymentLink: client.PaymentLink
  CountryList: client.CountryList
  AddressLayout: client.AddressLayout
  Health: client.Health
  NewProductBody: admin.NewProductBody
  ProductChangesBody: admin.ProductChangesBody
  AccessBody: client.AccessBody
  Access: client.Access
  NewAccessCodesBody: client.NewAccessCodesBody
  NewAccessCodes: client.NewAccessCodes
  AccessCodeSets: admin.WholeList<client.AccessCodeSet>
  AccessCodeBody: client.AccessCodeBody
  AccessCode: client.AccessCode
  StockBody: admin.StockBody
  NewVariantBody: admin.NewVariantBody
  VariantChangesBody: admin.VariantChangesBody
  VariantsBody: admin.VariantsBody
  ShopSettings: admin.ShopSettings
  ShopChangesBody: admin.ShopChangesBody
  ProductContent: client.ProductContent
  StoredContent: admin.StoredContent
  ContentChangesBody: admin.ContentChangesBody
  Refund: admin.Refund
  RefundBody: admin.RefundBody
  RefundList: admin.WholeList<admin.Refund>
  Dispute: admin.Dispute
  DisputeBody: admin.DisputeBody
  DisputeList: admin.WholeList<admin.Dispute>
  MoneyInboxEntry: admin.MoneyInboxEntry
  MoneyInbox: client.Page<admin.MoneyInboxEntry>
  AssignBody: admin.AssignBody
  PaymentEventWire: admin.PaymentEvent
  ReturnedBody: admin.ReturnedBody
  PaymentList: client.Page<admin.Payment>
  PaymentEventList: client.Page<admin.ListedPaymentEvent>
  Live: admin.Live
  AdminAction: admin.AdminAction
  AdminActionList: client.Page<admin.AdminAction>
  Operator: admin.Operator
  OperatorWithToken: admin.OperatorWithToken
  OperatorList: admin.WholeList<admin.Operator>
  NewOperatorBody: Given<admin.NewOperatorBody>
  OperatorChangesBody: Given<admin.OperatorChangesBody>
  NewEndpointBody: admin.NewEndpointBody
  EndpointChangesBody: admin.EndpointChangesBody
  RotationBody: admin.RotationBody
  EraseBody: admin.EraseBody
  OrderSearch: Given<admin.OrderSearch>
  OrderMail: admin.OrderMail
  EraseAnswer: admin.EraseAnswer
  ReplayBody: admin.ReplayBody
  ReplayAnswer: admin.ReplayAnswer
  TestAnswer: admin.TestAnswer
  WebhookEndpoint: admin.WebhookEndpoint
  WebhookEndpointWithSecret: admin.WebhookEndpointWithSecret
  EndpointList: admin.WholeList<admin.WebhookEndpoint>
  WebhookDelivery: admin.WebhookDelivery
  DeliveryList: client.Page<admin.WebhookDelivery>
  WholeOrder: admin.WholeOrder
}

/** The members that are given: a body leaves out those that are undefined. */
type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

/** The type with the same members at every level, without readonly and without the names of its parts. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Name in keyof T]: Plain<T[Name]> }
    : T

/** True for identical types: neither is wider than the other, and no member is optional in only one. */
type Same<A, B> =
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it makes the compiler check that the types are identical
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false

type Schemas = typeof wireSchemas

/** The names whose types differ; there must be none. */
type Different = {
  [Name in keyof Schemas | keyof WireTypes]: Name extends keyof Schemas & keyof WireTypes
    ? Same<Static<Schemas[Name]>, WireTypes[Name]> extends true
      ? never
      : Name
    : Name
}[keyof Schemas | keyof WireTypes]

/** Does not compile if types of the client and the server differ; the error names them. */
export const noDifference: [Different] extends [never] ? true : Different = true

/** Cases that the comparison must tell apart. */
export const itNotices: [
  Same<{ a: 1 }, { readonly a: 1 }>,
  Same<{ a: 1 }, { a: number }>,
  Same<{ a: number }, { a: 1 }>,
  Same<{ a: 1 }, { a: 1; b?: 1 }>,
  Same<{ a: 1 }, { a?: 1 }>,
  Same<{ a: { b: 1 }[] }, { a: { b: 1 | null }[] }>,
] = [true, false, false, false, false, false]
