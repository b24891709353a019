/** The words of the details form. */
export const formText = {
  changed: "The shop has changed what it asks for. Reload this page: what you have entered is kept.",
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
