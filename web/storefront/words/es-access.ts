import { textTools } from "../../../client/src/languages.ts"
import type { AccessWords } from "./en-access.ts"

const { plural } = textTools("es")
const units = (qty: number) => plural(qty, { one: "# unidad", many: "# de unidades", other: "# unidades" })

/** The words about access codes and phases in Spanish. */
export const esAccess: AccessWords = {
  label: "Código de acceso",
  use: "Usar el código",
  checking: "Comprobando…",
  another: "Usar otro código",
  helpNow: "Con un código puede comprar ya.",
  helpFrom: (time) => `Con un código puede comprar a partir de: ${time}.`,
  accepted: (qty) => `Código aceptado: vale para ${units(qty)}.`,
  usedUp: "Todas las unidades de su código están reservadas o compradas.",
  fewerLeft: (qty) => `Su código vale para ${units(qty)} más. Elija menos.`,
  unknown: "Este código no es válido para este producto. Compruebe que esté bien escrito.",
  tooOften: "Se han probado demasiados códigos. Inténtelo de nuevo dentro de un minuto.",
  forAll: (time) => `para todos a partir de: ${time}`,
  withCode: (time) => `con su código a partir de: ${time}`,
  forYou: (time) => `para usted a partir de: ${time}`,
  needsCode: "Por ahora necesita un código de acceso para comprar este producto.",
  needsGroup:
    "Por ahora solo pueden comprar este producto los clientes invitados por la tienda. Inicie sesión allí y abra el producto desde la tienda.",
  notNow: "Por ahora nadie puede comprar este producto.",
  thenAll: (time) => `Todos podrán comprar a partir de: ${time}.`,
  thenCode: (time) => `Con un código de acceso podrá comprar a partir de: ${time}.`,
  thenGroup: (time) => `Los clientes invitados podrán comprar a partir de: ${time}.`,
  onlyCodes: "Solo con código de acceso",
  onlyGroup: "Solo para clientes invitados",
  enterCode: "Escriba su código para comprar, o para ver cuándo podrá hacerlo.",
  signIn: "¿Le han invitado? Inicie sesión en la tienda y abra el producto desde allí.",
}
