import { textTools } from "../../../client/src/languages.ts"
import type { AccessWords } from "./en-access.ts"

const { plural } = textTools("fr")
const units = (qty: number) => plural(qty, { one: "# article", many: "# d’articles", other: "# articles" })

/** The words about access codes and phases in French. */
export const frAccess: AccessWords = {
  label: "Code d’accès",
  use: "Utiliser le code",
  checking: "Vérification…",
  another: "Utiliser un autre code",
  helpNow: "Avec un code, vous pouvez acheter dès maintenant.",
  helpFrom: (time) => `Avec un code, vous pouvez acheter à partir de : ${time}.`,
  accepted: (qty) => `Code accepté : il est valable pour ${units(qty)}.`,
  usedUp: "Tous les articles de votre code sont réservés ou achetés.",
  fewerLeft: (qty) => `Votre code est encore valable pour ${units(qty)}. Choisissez-en moins.`,
  unknown: "Ce code n’est pas valable pour ce produit. Vérifiez qu’il est sans faute de frappe.",
  tooOften: "Trop de codes ont été essayés. Réessayez dans une minute.",
  forAll: (time) => `pour tous à partir de : ${time}`,
  withCode: (time) => `avec votre code à partir de : ${time}`,
  forYou: (time) => `pour vous à partir de : ${time}`,
  needsCode: "Pour l’instant, il faut un code d’accès pour acheter ce produit.",
  needsGroup:
    "Pour l’instant, seuls les clients invités par la boutique peuvent acheter ce produit. Connectez-vous sur son site, puis rouvrez-y ce produit.",
  notNow: "Pour l’instant, personne ne peut acheter ce produit.",
  thenAll: (time) => `Tout le monde pourra acheter à partir de : ${time}.`,
  thenCode: (time) => `Avec un code d’accès, vous pourrez acheter à partir de : ${time}.`,
  thenGroup: (time) => `Les clients invités pourront acheter à partir de : ${time}.`,
  onlyCodes: "Seulement avec un code d’accès",
  onlyGroup: "Réservé aux clients invités",
  enterCode: "Saisissez votre code pour acheter, ou pour voir quand vous pourrez le faire.",
  signIn: "Vous êtes invité ? Connectez-vous sur le site de la boutique, puis rouvrez-y ce produit.",
}
