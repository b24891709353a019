import { textTools } from "../../../client/src/languages.ts"

const { plural } = textTools("en")

/** The words of mails in English, and the catalogue that every other language has to have. */
export const en = {
  /** What ends a subject: the shop's name. */
  subject: (subject: string, shop: string) => `${subject} – ${shop}`,
  hello: (name: string) => `Hello ${name},`,
  /** An order with its goods, before a sentence about it. */
  orderWith: (id: number, goods: string, sentence: string) => `Order ${id}, ${goods}: ${sentence}`,
  seeOrder: "See your order",
  seeOrderNumber: (id: number) => `See order ${id}`,
  linkNote: "Anyone who has this link can see and change the order. Do not share it.",
  receiptSubject: (id: number) => `Receipt for order ${id}`,
  receiptHeading: "Thank you for your order",
  receiptText: (id: number) => `Order ${id} is paid. This is your receipt.`,
  total: "Total",
  shippingAddress: "Shipping address",
  refundSubject: (amount: string, id: number) => `Refund of ${amount} for order ${id}`,
  refundHeading: (amount: string) => `We have refunded ${amount}`,
  refundNote: "It can take a few days until you receive the money.",
  refundReasons: {
    whole: "the shop has refunded the price.",
    part: "the shop has refunded a part of the price.",
    second_payment: "it was already paid, so the second payment was refunded.",
    amount_too_high: "more than the price was paid, so the difference was refunded.",
    amount_too_low: "less than the price was paid, so the payment was refunded.",
    wrong_currency: "the payment was in another currency, so it was refunded.",
    paid_too_late: "the payment arrived too late, so it was refunded.",
    sale_over: "the payment arrived after the sale had ended, so it was refunded.",
    customer_limit_reached:
      "the payment arrived late and the limit per customer was reached, so it was refunded.",
    access_code_used_up: "the payment arrived late and the access code was used up, so it was refunded.",
    sold_out: "the payment arrived late and the goods were sold out, so it was refunded.",
    units_not_available:
      "the payment arrived late and the goods were no longer available, so it was refunded.",
  },
  cancelledSubject: (id: number) => `Order ${id} is cancelled`,
  cancelledHeading: "Your order is cancelled",
  cancelledText: (id: number, goods: string) => `The shop has cancelled order ${id}, ${goods}.`,
  cancelledNote:
    "You do not need to pay for it. If you have already paid, your payment is refunded automatically.",
  linksSubject: (orders: number) =>
    plural(orders, { one: "The link to your order", other: "The links to your orders" }),
  linksHeading: (orders: number) => plural(orders, { one: "Your order", other: "Your orders" }),
  linksText: "Here are the links to the orders placed with this e-mail address.",
  linksNote:
    "Anyone who has these links can see and change the orders. Do not share them. If you did not ask for this mail, ignore it.",
  codeSubject: (code: string) => `${code} is your code`,
  codeHeading: "Your code",
  codeText: "Enter this code on the page where you asked for it:",
  codeMinutes: (minutes: number) => `It is valid for ${minutes} minutes, and once.`,
  codeNote:
    "Do not give the code to anybody. If you did not ask for it, ignore this mail: nothing happens without the code.",
  optionIs: (option: string, value: string) => `${option}: ${value}`,
  orderStatus: (id: number, status: string) => `Order ${id}, ${status}`,
  statuses: {
    pending_payment: "not paid yet",
    paid: "paid",
    cancelled: "cancelled",
    expired: "expired",
    refunded: "refunded",
  },
}

/** A catalogue. A text that a language lacks, or one with other parameters, does not compile. */
export type MailWords = typeof en
