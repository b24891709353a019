import { textTools } from "../../../client/src/languages.ts"
import type { AccessWords } from "./en-access.ts"

const { plural } = textTools("de")
const units = (qty: number) => plural(qty, { one: "# Stück", other: "# Stück" })

/** The words about access codes and phases in German. */
export const deAccess: AccessWords = {
  label: "Zugangscode",
  use: "Code verwenden",
  checking: "Wird geprüft …",
  another: "Anderen Code verwenden",
  helpNow: "Mit einem Code können Sie jetzt kaufen.",
  helpFrom: (time) => `Mit einem Code können Sie ab ${time} kaufen.`,
  accepted: (qty) => `Code angenommen: Er gilt für ${units(qty)}.`,
  usedUp: "Alle Stücke Ihres Codes sind reserviert oder gekauft.",
  fewerLeft: (qty) => `Ihr Code gilt noch für ${units(qty)}. Wählen Sie weniger.`,
  unknown: "Dieser Code gilt für diesen Artikel nicht. Prüfen Sie ihn auf Tippfehler.",
  tooOften: "Es wurden zu viele Codes ausprobiert. Versuchen Sie es in einer Minute erneut.",
  forAll: (time) => `für alle ab ${time}`,
  withCode: (time) => `mit Ihrem Code ab ${time}`,
  forYou: (time) => `für Sie ab ${time}`,
  needsCode: "Zurzeit brauchen Sie zum Kaufen einen Zugangscode.",
  needsGroup:
    "Zurzeit können nur Kunden kaufen, die der Shop eingeladen hat. Melden Sie sich im Shop an, und öffnen Sie den Artikel von dort aus.",
  notNow: "Zurzeit kann niemand diesen Artikel kaufen.",
  thenAll: (time) => `Alle können ab ${time} kaufen.`,
  thenCode: (time) => `Mit einem Zugangscode können Sie ab ${time} kaufen.`,
  thenGroup: (time) => `Eingeladene Kunden können ab ${time} kaufen.`,
  onlyCodes: "Nur mit Zugangscode",
  onlyGroup: "Nur für eingeladene Kunden",
  enterCode: "Geben Sie Ihren Code ein, um zu kaufen oder zu sehen, ab wann Sie kaufen können.",
  signIn: "Sind Sie eingeladen? Melden Sie sich im Shop an, und öffnen Sie den Artikel von dort aus.",
}
