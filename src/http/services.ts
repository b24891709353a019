import type { Events } from "../events/events.ts"
import type { Gate } from "../lanes/gate.ts"
import type { Lanes } from "../lanes/lanes.ts"
import type { Limits } from "../limits/limits.ts"
import type { Totals } from "../metrics/totals.ts"
import type { BuiltPages } from "../site/built-pages.ts"
import type { PaymentEventHandler } from "../lanes/payment-event-handler.ts"
import type { PaymentPage } from "../payments/payment-page.ts"
import type { PaymentProvider } from "../payments/provider.ts"
import type { AccessCodes } from "../store/reads/access-codes.ts"
import type { AdminActions } from "../store/reads/admin-actions.ts"
import type { Ids } from "../store/batch/ids.ts"
import type { Erasure } from "../store/reads/erasure.ts"
import type { Inbox } from "../store/reads/inbox.ts"
import type { Lists } from "../store/reads/lists.ts"
import type { Lookups } from "../store/reads/lookups.ts"
import type { Shop } from "../mail/compose.ts"
import type { MailContents } from "../store/reads/mail-contents.ts"
import type { MoneyViews } from "../store/reads/money-views.ts"
import type { Operators } from "../store/reads/operators.ts"
import type { OrderHistory } from "../store/reads/order-history.ts"
import type { ContentMemory } from "../store/reads/content-memory.ts"
import type { ProductContents } from "../store/reads/product-contents.ts"
import type { SaleCourses } from "../store/reads/sale-courses.ts"
import type { SaleFiguresMemory } from "../store/reads/sale-figures-memory.ts"
import type { ProductMemory } from "../store/reads/product-memory.ts"
import type { VariantNameReads } from "../store/reads/variant-names.ts"
import type { ShopDefaults, ShopMemory } from "../store/reads/shop-memory.ts"
import type { ShopSettingsRow } from "../store/reads/shop-settings.ts"
import type { Views } from "../store/reads/views.ts"
import type { Simulator } from "../simulator/simulator.ts"
import type { WebhookDeliveries } from "../store/reads/webhook-deliveries.ts"
import type { EndpointTarget, WebhookEndpoints } from "../store/reads/webhook-endpoints.ts"
import type { Arrivals } from "./transport/arrivals.ts"
import type { Audit } from "./access/audit.ts"
import type { ClaimantOfCode } from "./access/access-code.ts"
import type { Gatekeeper } from "./access/auth.ts"
import type { IssuedChallenge } from "./access/altcha.ts"
import type { Challenge } from "./access/challenge.ts"
import type { CustomerTokens } from "./access/customer-token.ts"
import type { MailboxCodes, ReadCode } from "./access/mailbox-codes.ts"
import type { HolderOf } from "./access/holders.ts"
import type { ProductStreams } from "./live/product-streams.ts"
import type { OrderLinks } from "./access/order-links.ts"
import type { ReplicationState } from "../store/replication.ts"
import type { OwnerTokens } from "./access/owner-token.ts"
import type { PageChallenge } from "./transport/page-headers.ts"
import type { ProductTexts } from "./wire/product-texts.ts"

/** The parts that the routes use; app.ts connects them. */
export interface Services {
  readonly lanes: Lanes
  readonly gate: Gate
  readonly paymentEvents: PaymentEventHandler
  readonly ids: Ids
  readonly views: Views
  readonly products: ProductMemory
  readonly texts: ProductTexts
  readonly live: ProductStreams
  readonly lookups: Lookups
  readonly inbox: Inbox
  readonly money: MoneyViews
  readonly lists: Lists
  readonly erasure: Erasure
  readonly variantNames: VariantNameReads
  readonly orderHistory: OrderHistory
  readonly figures: SaleFiguresMemory
  readonly courses: SaleCourses
  readonly contents: ContentMemory & { readonly stored: ProductContents }
  readonly shop: ShopMemory & { readonly settings: ShopSettingsRow }
  /** What is shown of a shop that has not set it. */
  readonly shopDefaults: ShopDefaults
  /** The address of the storefront, without a slash at its end; null: not configured. */
  readonly publicUrl: string | null
  readonly actions: AdminActions
  readonly audit: Audit
  readonly operators: Operators
  readonly webhooks: { readonly endpoints: WebhookEndpoints; readonly deliveries: WebhookDeliveries }
  readonly messages: Messages
  readonly events: Events
  readonly tokens: OwnerTokens
  readonly gatekeeper: Gatekeeper
  readonly holderOf: HolderOf
  /** How often a network or a mailbox may try something. */
  readonly limits: Limits
  readonly customerTokens: CustomerTokens
  readonly claimantOfCode: ClaimantOfCode
  readonly accessCodes: AccessCodes
  /** Whether only signed customers, and the shop itself, may hold units. */
  readonly holdsNeedSigned: boolean
  readonly mailboxCodes: MailboxCodes
  /** Null: a code is asked for without one. */
  readonly challenge: Challenge | null
  /** What pages need to show it; null: a code is asked for without one. */
  readonly challengePage: PageChallenge | null
  /** Makes a challenge of this server; null: too many are being made. The service is null where another one makes them, or none. */
  readonly issueChallenge: (() => Promise<IssuedChallenge | null>) | null
  readonly readiness: Readiness
  readonly arrivals: Pick<Arrivals, "note">
  /** The providers that send webhooks in their own format. */
  readonly providers: readonly PaymentProvider[]
  /** The key with which pages load Stripe's payment form; null: Stripe is not used. */
  readonly stripePublishableKey: string | null
  /** Whether an order's page leads to a payment. */
  readonly takesPayments: boolean
  /** The shop's own payment page; null: there is none. */
  readonly paymentPage: PaymentPage | null
  /** Null: the pages have not been built. */
  readonly pages: BuiltPages | null
  /** Null: the simulator is off. */
  readonly simulator: Pick<Simulator, "answer"> | null
  /** Null: mail is off. */
  readonly orderLinks: OrderLinks | null
  readonly mails: {
    readonly contents: Pick<MailContents, "ofOrder">
    /** `sendAgain`: makes a mail of an order due again, if there is one with this id. */
    readonly queue: { sendAgain(orderId: number, mailId: string): Promise<void> }
  }
  /** Null: mails are sent, not read here. */
  readonly mailbox: Mailbox | null
  readonly holdTtlSeconds: number
  /** Null: unsigned payment webhooks are accepted (open mode only). */
  readonly paymentWebhookSecret: Buffer | null
}

/** Sends single messages to endpoints. */
export interface Messages {
  /** Sends a message at once. Rejects where there is no answer. */
  send(
    message: EndpointTarget & { readonly id: string; readonly body: string },
  ): Promise<{ readonly status: number }>
  /** Whether endpoints can be mailboxes. */
  readonly hasMail: boolean
}

/** The mails of open mode, which are read instead of sent. */
export interface Mailbox {
  readonly contents: MailContents
  readonly shop: () => Promise<Shop>
  /** The newest open codes of buyers. */
  readonly codes: (limit: number) => Promise<readonly ReadCode[]>
}

/** The state of the process, for the health routes, the metrics and the control room. */
export interface Readiness {
  readonly version: string
  /** True once the process has begun to stop. */
  readonly stopping: () => boolean
  /** True when the database answers and its schema is complete. Never throws, answers within 2 s. */
  readonly database: () => Promise<boolean>
  /** The text of `/metrics`; null: it could not be collected in time. */
  readonly metrics: () => Promise<string | null>
  /** The totals of the metrics that the control room shows; null: they could not be collected in time. */
  readonly totals: () => Promise<Totals | null>
  /** Whether commits wait for a standby; null: it is not known, or the database is the embedded one, which has none. */
  readonly replication: () => Promise<ReplicationState | null>
}
