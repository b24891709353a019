import type { Logger } from "pino"
import type { Rules } from "./domain/working-set.ts"
import { createEvents, type Events } from "./events/events.ts"
import { createGate, type Gate } from "./lanes/gate.ts"
import { createLanes, type Lanes } from "./lanes/lanes.ts"
import { createPaymentEventHandler, type PaymentEventHandler } from "./lanes/payment-event-handler.ts"
import { createAccessCodes, type AccessCodes } from "./store/reads/access-codes.ts"
import { createAlerts, type Alerts } from "./store/reads/alerts.ts"
import { createAdminActions, type AdminActions } from "./store/reads/admin-actions.ts"
import { createOperatorMemory, type OperatorMemory } from "./store/reads/operator-memory.ts"
import { createOperators, type Operators } from "./store/reads/operators.ts"
import { createCancellations, type Cancellations } from "./store/queues/cancellations.ts"
import { createIds, type Ids } from "./store/batch/ids.ts"
import { createInbox, type Inbox } from "./store/reads/inbox.ts"
import { createErasure, type Erasure } from "./store/reads/erasure.ts"
import { createLists, type Lists } from "./store/reads/lists.ts"
import { createLookups, type Lookups } from "./store/reads/lookups.ts"
import { createVariantNameReads, type VariantNameReads } from "./store/reads/variant-names.ts"
import { createMoneyViews, type MoneyViews } from "./store/reads/money-views.ts"
import { createOrderHistory, type OrderHistory } from "./store/reads/order-history.ts"
import { createSubscribers } from "./store/batch/outbox.ts"
import type { History } from "./store/history.ts"
import type { Database } from "./store/pool.ts"
import { createProductMemory, type ProductMemory } from "./store/reads/product-memory.ts"
import { createProductWatch, type ProductWatch } from "./store/reads/product-watch.ts"
import { createProductStore } from "./store/batch/product-store.ts"
import { createMailContents, type MailContents } from "./store/reads/mail-contents.ts"
import { createMailCodes, type MailCodes } from "./store/queues/mail-codes.ts"
import { createMailQueue, type MailQueue } from "./store/queues/mail-queue.ts"
import { createContentMemory, type ContentMemory } from "./store/reads/content-memory.ts"
import { createProductContents, type ProductContents } from "./store/reads/product-contents.ts"
import { createShopMemory, type ShopDefaults, type ShopMemory } from "./store/reads/shop-memory.ts"
import { createShopSettings, type ShopSettingsRow } from "./store/reads/shop-settings.ts"
import { createSaleCourses, type SaleCourses } from "./store/reads/sale-courses.ts"
import { readSaleFigures } from "./store/reads/sale-figures.ts"
import { createSaleFiguresMemory, type SaleFiguresMemory } from "./store/reads/sale-figures-memory.ts"
import { createRefundQueue, type RefundQueue } from "./store/queues/refund-queue.ts"
import { createViews, type Views } from "./store/reads/views.ts"
import { createWebhookDeliveries, type WebhookDeliveries } from "./store/reads/webhook-deliveries.ts"
import { createWebhookEndpoints, type WebhookEndpoints } from "./store/reads/webhook-endpoints.ts"
import { createWebhookQueue, type WebhookQueue } from "./store/queues/webhook-queue.ts"

/** All services that sell units, without HTTP: what the server, the worker and the commands share. */
export interface Engine {
  readonly database: Database
  readonly events: Events
  readonly ids: Ids
  readonly lanes: Lanes
  readonly gate: Gate
  readonly paymentEvents: PaymentEventHandler
  readonly views: Views
  /** Products for many readers; at most 250 ms old. */
  readonly products: ProductMemory
  /** The changes of products that have open streams. */
  readonly watch: ProductWatch
  readonly lookups: Lookups
  readonly inbox: Inbox
  readonly money: MoneyViews
  readonly lists: Lists
  readonly erasure: Erasure
  readonly variantNames: VariantNameReads
  /** What happened to single orders, for the shop. */
  readonly orderHistory: OrderHistory
  /** What a sale has brought, for live screens. */
  readonly figures: SaleFiguresMemory
  /** The last minutes of sales that live screens show. */
  readonly courses: SaleCourses
  /** The log of the shop's actions. */
  readonly actions: AdminActions
  /** Who may run the shop, and the memory that identifies them. */
  readonly operators: Operators & { readonly memory: OperatorMemory }
  readonly refunds: RefundQueue
  readonly cancellations: Cancellations
  readonly webhooks: Webhooks
  readonly webhookQueue: WebhookQueue
  /** What is told to the shop's systems about the installation itself. */
  readonly alerts: Alerts
  readonly mails: Mails
  /** The codes with which buyers confirm their mailboxes. */
  readonly codes: MailCodes
  readonly contents: Contents
  readonly shop: Shop
  readonly accessCodes: AccessCodes
}

/** What is shown of products besides their settings. */
export interface Contents extends ContentMemory {
  readonly stored: ProductContents
}

/** The shop itself: what it has set, and what its pages and mails show of it. */
export interface Shop extends ShopMemory {
  readonly settings: ShopSettingsRow
}

/** The mails to buyers. */
export interface Mails {
  readonly queue: MailQueue
  readonly contents: MailContents
}

/** Whether mails are written, and how fast they are sent. */
export interface MailOptions {
  readonly hasMail: boolean
  /** How many codes are mailed in an hour; 0: no limit. */
  readonly codesPerHour?: number
  /** 0: no limit. */
  readonly perSecond: number
}

const withoutMail: MailOptions = { hasMail: false, perSecond: 0 }

/** The webhook endpoints, and the log of their deliveries. */
export interface Webhooks {
  readonly endpoints: WebhookEndpoints
  readonly deliveries: WebhookDeliveries
}

/** Makes the services over an open database. `defaults` are shown while the shop has set nothing else. */
export function createEngine(
  database: Database,
  rules: Rules & { readonly holdRetentionDays?: number },
  log: Logger,
  { hasMail, perSecond, codesPerHour = 0 }: MailOptions = withoutMail,
  defaults: ShopDefaults = { name: "Doorbuster", languages: ["en"] },
): Engine {
  const events = createEvents(log)
  const gate = createGate()
  const views = createViews(database.views)
  const products = createProductMemory((id) => views.product(id))
  const figures = createSaleFiguresMemory({
    read: (id) => readSaleFigures(database.views, id, rules.holdRetentionDays ?? 0),
    onFailure: (error) =>
      log.warn(
        { err: error },
        "The figures of a sale could not be counted; its live screen shows older ones.",
      ),
  })
  const courses = createSaleCourses({ read: (id) => products.product(id) })
  const watch = createProductWatch({
    readChanged: (known) => views.changedProducts(known),
    onBlind: (error) =>
      log.warn({ err: error }, "Changes of watched products cannot be read; open streams wait."),
  })
  const lookups = createLookups(database.lookups)
  const subscribers = createSubscribers()
  const lanes = createLanes({
    store: createProductStore(database, rules, subscribers, hasMail),
    observer: {
      committed(batch) {
        for (const news of batch.products) {
          gate.learn(news, batch.seconds * 1_000)
          products.forget(news.productId)
          if (news.product !== null) watch.learn(news.product)
          for (const fact of news.facts) if (fact.kind === "order_created") lookups.remember(fact.order)
        }
        events.committed(batch)
      },
      retried: (productId, attempts, error) => events.retried(productId, attempts, error),
      groupFailed: (error) => events.groupFailed(error),
    },
    random: Math.random,
  })
  events.laneQueue(() => lanes.queued)
  const alerts = createAlerts(database.views)
  events.historyOf(database.history)
  tellOfHistory(database.history, alerts, log)
  const ids = createIds(database)
  const inbox = createInbox(database.lookups)
  const paymentEvents = createPaymentEventHandler({
    lanes,
    ids,
    lookups,
    inbox,
    observer: events,
  })
  const money = createMoneyViews(database.views)
  const lists = createLists(database.views)
  const erasure = createErasure(database.views)
  const variantNames = createVariantNameReads(database.views)
  const orderHistory = createOrderHistory(database.views)
  const [actions, operators] = [createAdminActions(database.views), operatorsOver(database)]
  const [refunds, cancellations] = [createRefundQueue(database.views), createCancellations(database.views)]
  const webhooks = webhooksOver(database, () => subscribers.forget())
  const webhookQueue = createWebhookQueue(database.views)
  const queue = createMailQueue(database.views, perSecond)
  const mails = { queue, contents: createMailContents(database.views, variantNames) }
  const codes = createMailCodes(database.views, { perHour: codesPerHour, perSecond })
  const stored = createProductContents(database.views)
  const contents = { stored, ...createContentMemory((ids) => stored.read(ids)) }
  const settings = createShopSettings(database.views)
  const face = createShopMemory(async () => (await settings.read()).settings, defaults)
  const shop = { settings, ...face }
  const sale = { database, events, ids, lanes, gate, paymentEvents, lookups, views, products, watch }
  const reads = { inbox, money, lists, erasure, variantNames, orderHistory, figures, courses }
  const desk = { actions, operators, refunds, cancellations, webhooks, webhookQueue }
  const accessCodes = createAccessCodes(database.views)
  return { ...sale, ...reads, ...desk, accessCodes, alerts, mails, codes, contents, shop }
}

/** An operator's mailbox is told at once, then at most once in so long. */
const SAME_ALERT_EVERY_MS = 10_000

/** Raises an alert when this process notices a second database server, or missing changes. */
function tellOfHistory(history: History, alerts: Alerts, log: Logger): void {
  let toldAt = -Infinity
  history.listen((news) => {
    if (news.kind === "moved" || performance.now() - toldAt < SAME_ALERT_EVERY_MS) return
    toldAt = performance.now()
    const text =
      news.kind === "changes_lost"
        ? "A failover has lost acknowledged changes"
        : "Two database servers take writes, or acknowledged changes are missing"
    const telling = async () => {
      if (await alerts.areWanted()) await alerts.raise("database", text)
    }
    telling().catch((error: unknown) =>
      log.warn({ err: error }, "An alert about the database could not be raised."),
    )
  })
}

function webhooksOver({ views }: Database, onChange: () => void): Webhooks {
  return { endpoints: createWebhookEndpoints(views, onChange), deliveries: createWebhookDeliveries(views) }
}

function operatorsOver({ views }: Database): Engine["operators"] {
  const operators: Operators = createOperators(views, () => memory.forget())
  const memory = createOperatorMemory(() => operators.identified())
  return { ...operators, memory }
}
