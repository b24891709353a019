import type { FindAnswer } from "./find-request.ts"

/** The words of the details form. */
export const formText = {
  email: "E-mail",
  name: "Name",
  phone: "Phone",
  country: "Country",
  address: "Shipping address",
  addressOptional: "Shipping address (optional)",
  optional: "(optional)",
  chooseCountry: "Choose a country",
  chooseOne: "Choose one",
  noAnswer: "No answer",
  readMore: "Read more",
  inNewTab: "(opens in a new tab)",
  emailWrong: "Enter an e-mail address, such as name@example.org.",
  missing: {
    email: "Enter your e-mail address.",
    name: "Enter your name.",
    phone: "Enter your phone number.",
  },
  answer: "Answer this question.",
  tick: "Tick this box to go on.",
  choose: "Choose one of these.",
} as const

/** Says that a part of the address is required: `Enter the postal code.` */
export function missingPartText(label: string): string {
  const isAbbreviation = /^[A-Z]{2}/.test(label)
  return `Enter the ${isAbbreviation ? label : label.charAt(0).toLowerCase() + label.slice(1)}.`
}

/** The server's reason as a sentence about its field: `Postal code must be …`. */
export function reasonText(label: string, reason: string): string {
  return `${label} ${reason}.`
}

/** What the page says after a search for orders, by what became of the request. */
export const findTexts: Readonly<Record<FindAnswer, string>> = {
  accepted:
    "If there is an order with this address, a mail with its link is on its way. Look into the spam folder too.",
  too_often: "Too many requests. Wait a few minutes, then try again.",
  no_answer: "The shop did not respond. Try again.",
  no_mail: "This shop sends no mail. Open the order in the browser that placed it, or ask the shop.",
  refused: "The shop cannot send mail to this address. Check it.",
}
