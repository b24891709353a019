import { textTools } from "../../../client/src/languages.ts"

const { plural } = textTools("en")
const units = (qty: number) => plural(qty, { one: "# unit", other: "# units" })

/** The words about access codes and phases in English, and what every other language has to have. */
export const enAccess = {
  label: "Access code",
  use: "Use code",
  checking: "Checking…",
  another: "Use another code",
  /** Below the field. */
  helpNow: "With a code you can buy now.",
  helpFrom: (time: string) => `With a code you can buy from ${time}.`,
  /** `qty`: of the code, together. */
  accepted: (qty: number) => `Code accepted. You can buy ${units(qty)} with it.`,
  usedUp: "All units of your code are reserved or bought.",
  fewerLeft: (qty: number) => `You can buy only ${units(qty)} more with this code. Choose a smaller number.`,
  unknown: "This code is not valid for this product. Check it for typing errors.",
  tooOften: "Too many codes were tried. Try again in a minute.",
  /** Below the countdown. */
  forAll: (time: string) => `For everybody from ${time}`,
  withCode: (time: string) => `With your code from ${time}`,
  forYou: (time: string) => `For you from ${time}`,
  /** Why a hold was refused. One of those that begin with `then` may follow. */
  needsCode: "At the moment you need an access code to buy this.",
  needsGroup:
    "At the moment only customers whom the shop has invited can buy this. Sign in at the shop, then open this product from there.",
  notNow: "This is not on sale at the moment.",
  thenAll: (time: string) => `Everybody can buy from ${time}.`,
  thenCode: (time: string) => `With an access code you can buy from ${time}.`,
  thenGroup: (time: string) => `Invited customers can buy from ${time}.`,
  /** In the place of the countdown, where no phase comes that lets the buyer in. */
  onlyCodes: "Only with an access code",
  onlyGroup: "Only for invited customers",
  enterCode: "Enter your code to buy, or to see when you can.",
  signIn: "Have you been invited? Sign in at the shop, then open this product from there.",
}

/** The words about access codes and phases. */
export type AccessWords = typeof enAccess
