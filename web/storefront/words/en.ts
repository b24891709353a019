import { textTools } from "../../../client/src/languages.ts"
import { enAccess } from "./en-access.ts"
import { enForm } from "./en-form.ts"

const { plural, count } = textTools("en")

/** `1 unit`, `5 units`. */
const units = (qty: number) => plural(qty, { one: "# unit", other: "# units" })
const and = (names: readonly string[]) => names.join(" and ")

/** The words of the storefront in English, and the catalogue that every other language has to have. */
export const en = {
  /* Every page */
  /** A headline as a sentence, to be read out. */
  sentence: (text: string) => (text.endsWith("…") ? text : `${text}.`),
  shopTime: "Shop time",
  language: "Language",
  loading: "Loading…",
  reload: "Reload",
  partNotLoaded: "A part of this page could not be loaded. Reloading keeps what you have entered.",
  offline: "No connection. This page may be out of date; it reconnects by itself.",
  connectionLost: "Connection lost.",
  connectedAgain: "Connected again.",
  timeLeft: (time: string) => `${time} left`,
  oneMinuteLeft: "One minute left.",
  notFound: "Page not found",
  checkAddress: "Check the address, or",
  seeAllProducts: "see all products",
  preview: "Preview. Only you see this page, and nothing can be bought on it.",
  days: (days: number) => `${days} d`,

  /* Lists and products */
  onSale: "On sale",
  noProducts: "No products yet.",
  endedSales: "Ended sales",
  moreProducts: "More products",
  from: (price: string) => `From ${price}`,
  left: (qty: number) => `${count(qty)} left`,
  /** In the place of a number, where the shop does not show how many there are. */
  inStock: "Available",
  fewLeft: "Only a few left",
  opensIn: (time: string) => `Opens in ${time}`,
  opensAt: (time: string) => `Opens ${time}`,
  saleStates: {
    open: "On sale",
    all_held: "All reserved",
    sold_out: "Sold out",
    scheduled: "Opens soon",
    paused: "Paused",
    closed: "Ended",
  },
  presale: "Presale",
  variantStates: {
    all_held: "All reserved",
    sold_out: "Sold out",
    not_for_sale: "Not for sale",
    missing: "Not available",
  },
  optionIs: (option: string, value: string) => `${option}: ${value}`,
  product: (id: number) => `Product ${id}`,
  variant: (id: number) => `Variant ${id}`,
  units,
  pictures: "Pictures",
  showPicture: (number: number, all: number) => `Show picture ${number} of ${all}`,
  opens: "Opens",
  closes: "Closes",
  total: "Total",
  limitPerOrder: "Limit per order",
  limitPerCustomer: "Limit per customer",
  seconds: (seconds: number) => plural(seconds, { one: "# second", other: "# seconds" }),
  minutes: (minutes: number) => plural(minutes, { one: "# minute", other: "# minutes" }),
  untilTime: (time: string) => `until ${time}`,
  ofLeft: (stock: number) => `of ${count(stock)} left`,
  ofReserved: (stock: number) => `of ${count(stock)} reserved`,
  ofReservedUntil: (stock: number, time: string) => `of ${count(stock)} reserved, the first until ${time}`,
  sold: (qty: number) => `${count(qty)} sold`,
  reserved: (qty: number) => `${count(qty)} reserved`,

  /* Reserving */
  buy: "Buy",
  reserve: "Reserve",
  reserving: "Reserving…",
  tryAgain: "Try again",
  /** Below the button that reserves, and once the units are reserved. */
  reservesFor: (duration: string) => `Reserved for ${duration}, you pay in the next step.`,
  reservesWithoutPaying: (duration: string) => `Reserved for ${duration}. Nothing to pay yet.`,
  youPayNext: "You pay in the next step.",
  reservingNeedsScripts: "Reserving units needs JavaScript.",
  quantity: "Quantity",
  quantityOf: (name: string) => `Quantity of ${name}`,
  decrease: "Decrease quantity",
  decreaseOf: (name: string) => `Decrease quantity of ${name}`,
  increase: "Increase quantity",
  increaseOf: (name: string) => `Increase quantity of ${name}`,
  chooseUpTo: (qty: number) => `Choose up to ${count(qty)} in all`,
  chooseSeveral: "Choose several",
  chooseFirst: "Choose an option first",
  chooseOption: (option: string) => `Choose ${/^[aeiou]/i.test(option) ? "an" : "a"} ${option}`,
  chooseOne: "Choose one",
  customerId: "Your customer id",
  enterCustomerId: "Enter your customer id.",
  customerIdHelp:
    "There is a limit per customer. Enter what this shop knows you by, such as your customer number.",
  checkOut: "Check out",
  checkingOut: "Checking out…",
  cancelReservation: "Cancel reservation",
  askCancelReservation: "Cancel the reservation? Others can buy the units at once.",
  yesCancelReservation: "Yes, cancel the reservation",
  keep: "Keep it",
  yourReservations: "Your reservations",
  storesNothing:
    "This browser stores nothing for this page, as in a private window. Keep this tab open until you have paid: after a reload your reservation cannot be found again.",
  leftToCheckOut: "left to check out",

  /* The buyer's situation */
  crowdTrying: "High demand, trying again…",
  noAnswerTrying: "No response yet, trying again…",
  reservedForYou: (qty: number) => `${units(qty)} reserved for you`,
  headlines: {
    scheduled: "Not open yet",
    paused: "Sale paused",
    over: "Sale ended",
    sold_out: "Sold out",
    all_held: "All reserved",
    on_sale: "On sale now",
    order_unread: "Loading your order…",
    order_missing: "Order not found in this browser",
    wrong_link: "This link does not open the order",
    to_pay: "Awaiting your payment",
    needs_details: "Details are missing",
    payment_under_way: "Confirming your payment…",
    paid: "Order paid",
    declined: "Payment declined",
    cancelled: "Order cancelled",
    order_expired: "Order expired",
    late_payment: "Your payment is late",
    money_returning: "Refund in progress",
    money_returned: "Payment refunded",
    refunded: "Order refunded",
  },
  explanations: {
    scheduled: "Stay on this page: the sale opens here by itself, without reloading.",
    paused: "The shop has paused the sale. Stay on this page: it updates by itself.",
    over: "This product is no longer for sale.",
    sold_out: "All units have been paid for.",
    all_held:
      "No units are available right now. Units come back when a reservation expires. Stay on this page: it updates by itself.",
    reserving: "Please wait. Trying again does not reserve more units.",
    order_missing: "The order may have been placed in another browser or on another device.",
    wrong_link:
      "The link is incomplete or belongs to another order. Copy the whole link again, up to its last character.",
    to_pay: "You pay the shop directly. This page shows when your payment has arrived.",
    needs_details: "The shop needs them before you can pay.",
    payment_under_way: "This takes a few seconds. You can leave this page and come back.",
    paid: "Thank you. Your payment has been received.",
    paid_late: "Thank you. Your payment arrived late, but your units were still available.",
    declined: "No money was taken, and the units have been given back.",
    cancelled: "The units have been given back. If a payment still arrives, it is refunded automatically.",
    order_expired:
      "The order was not paid in time, and the units have been given back. If your payment still arrives, you get them if they are left; otherwise it is refunded automatically.",
    late_payment:
      "The time to pay is over. If your units are still available when the payment arrives, they are yours; otherwise it is refunded automatically.",
    refunded: "The full price has been refunded.",
  },
  moneyReturning: (amount: string) =>
    `Your payment arrived too late. ${amount} is being refunded automatically.`,
  moneyReturned: (amount: string) => `Your payment arrived too late. ${amount} has been refunded.`,

  /* Notices */
  tooFew: (qty: number) => `Only ${count(qty)} left. Choose fewer.`,
  fewerLeft: "Fewer than that are left. Choose fewer.",
  missed: "Other buyers were faster. Nothing was reserved for you.",
  lacking: (reasons: readonly string[]) =>
    `Other buyers were faster. Nothing was reserved, because ${and(reasons)}.`,
  lackingAll: (name: string) => `no unit of ${name} is available`,
  lackingSome: (name: string, qty: number) => `${name} has only ${units(qty)} left`,
  lackingFewer: (name: string) => `fewer units of ${name} are left than you chose`,
  overLimit: (qty: number) => `The limit is ${units(qty)} per order.`,
  overLimitOf: (qty: number, name: string) => `The limit is ${units(qty)} of ${name} per order.`,
  variantDisabled: (name: string) => `Nothing was reserved: ${name} is no longer for sale.`,
  customerLimitReached: "You have reached the limit per customer.",
  customerLimit: (qty: number) => `You can reserve ${count(qty)} more: there is a limit per customer.`,
  /* Confirming a mailbox */
  mailbox: {
    title: "Confirm your e-mail address",
    help: "To buy this, you need to confirm your e-mail address. You get a code by e-mail. It is best to do this before the sale opens.",
    send: "Send me a code",
    sent: (email: string) =>
      `If we can send a code to ${email}, it arrives within a few minutes. It is valid for 10 minutes. Look in the spam folder too.`,
    code: "Code with six digits",
    confirm: "Confirm",
    other: "Send the code again, or use another address",
    confirmedAs: (email: string) => `You are confirmed as ${email}.`,
    change: "Use another address",
    wrongCode: "This code is not valid. Check it, or ask for a new one.",
    elsewhere:
      "This shop’s security check is shown only on its own page. Confirm your address there, and buy there.",
    goThere: "Go to the shop’s page",
    failed: {
      too_often: "Too many requests have come from your network. Try again in a few minutes.",
      no_answer: "The shop did not respond. Try again.",
      off: "This shop cannot send codes at the moment. Ask the shop.",
      challenge: "The security check was not passed. Try again.",
    },
  },
  notices: {
    mailbox_required: "Confirm your e-mail address first, then reserve.",
    customer_token_required:
      "Only customers who are signed in at the shop can buy this. Sign in there, then open this product from the shop.",
    customer_token_invalid:
      "The shop’s sign-in is not valid here any more. Sign in at the shop again, then open this product from there.",
    too_many_open:
      "Too many units have been reserved from your network or for your account and not paid. Try again in a few minutes.",
    variant_required: "This product is now sold by variant. Choose one.",
    crowd: "Demand is still high. Try again: it does not reserve more units.",
    no_answer: "The shop did not respond. Try again: it does not reserve more units.",
    check_details: "The shop did not accept your details. Correct the marked fields.",
    wrong_link:
      "The link you opened is incomplete or belongs to another order. This browser could open the order without it.",
    details_erased:
      "The shop has erased the details of this order and takes no new ones. Ask the shop, or cancel the order.",
    hold_expired: "Your reservation has expired, and the units have been given back.",
    hold_expired_details_kept:
      "Your reservation has expired, and the units have been given back. What you have entered is kept in this tab.",
    hold_released: "Reservation cancelled. The units have been given back.",
    price_changed: "The price has changed since you chose. You pay the total that is shown here.",
    ordered: "You have an order for this product.",
  },
  /** A refusal for which the page has no words of its own. `detail` is the server's text, in English. */
  refused: (detail: string) => detail,
  goToOrder: (orderId: number) => `Go to order ${orderId}`,
  lackSome: (name: string, qty: number) => `${name} has only ${units(qty)} left. Choose fewer.`,
  lackHeld: (name: string) =>
    `All units of ${name} are reserved. Units come back when a reservation expires: stay on this page.`,
  lackSold: (name: string) => `${name} is sold out.`,
  lackNotForSale: (name: string) => `${name} is no longer for sale.`,
  availableAgain: (names: readonly string[]) =>
    `${and(names)} ${names.length === 1 ? "is" : "are"} available again.`,

  /* An order */
  order: (orderId: number) => `Order ${orderId}`,
  reference: "Reference",
  findByEmail: "Find my order by e-mail",
  orderNeedsScripts: "Showing your order needs JavaScript.",
  leftToPay: "left to pay",
  paidAt: "Paid",
  /** Buys and pays. Laws want the words to say both: docs/guides/storefront.md, "One verb for each step". */
  payNow: (amount: string) => `Buy now, pay ${amount}`,
  paying: "Paying…",
  openingPayment: "Opening the payment…",
  notTaken:
    "The payment did not go through, and no money was taken. Try again or choose another payment method.",
  formNotLoaded:
    "The payment form could not be loaded. Allow this page to load js.stripe.com, then try again.",
  cancelOrder: "Cancel order",
  askCancelOrder: "Cancel the order? Others can buy the units at once.",
  yesCancelOrder: "Yes, cancel the order",
  backToProduct: "Back to the product",
  backTo: (host: string) => `Back to ${host}`,
  detailsLacking: "The shop still needs some details, and will contact you.",
  isSent: "The shop sends your order to the address below.",
  refundedAmount: (amount: string) => `Refunded: ${amount}`,
  isReceipt: "This page is your receipt.",
  printReceipt: "Print receipt",
  questions: "Questions?",
  getHelp: "Get help",
  otherDevice: "Open on another device",
  otherDeviceHelp: "Anyone who has this link can see and change the order. It does not expire.",
  qrCode: "QR code of the link to this order",
  linkToOrder: "Link to this order",
  copyLink: "Copy link",
  linkCopied: "Link copied.",
  copySelected: "Copy the selected link.",

  /* Finding orders */
  yourOrders: "Your orders",
  noOrdersHere: "No orders were made in this browser.",
  orderedElsewhere: "Ordered in another browser?",
  findOrder: "Find my order",
  findHelp: "Enter the e-mail address you ordered with. The shop sends a link to each of your orders to it.",
  sendLink: "Send me the link",
  sending: "Sending…",
  findingNeedsScripts: "Finding an order needs JavaScript.",
  found: {
    accepted:
      "If there is an order with this e-mail address, a mail with its link is on its way. Check your spam folder too.",
    too_often: "Too many requests. Try again later.",
    no_answer: "The shop did not respond. Try again.",
    no_mail: "This shop sends no mail. Open the order in the browser that placed it, or ask the shop.",
    refused: "The shop cannot send mail to this e-mail address. Check it for typing errors.",
  },

  /** The form for a buyer's details. */
  form: enForm,
  access: enAccess,
}

/** A catalogue. A text that a language lacks, or one with other parameters, does not compile. */
export type Words = typeof en
