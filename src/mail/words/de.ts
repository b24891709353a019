import { textTools } from "../../../client/src/languages.ts"
import type { MailWords } from "./en.ts"

const { plural } = textTools("de")

/** The words of mails in German. */
export const de: MailWords = {
  subject: (subject, shop) => `${subject} – ${shop}`,
  hello: (name) => `Guten Tag ${name},`,
  orderWith: (id, goods, sentence) => `Bestellung ${id}, ${goods}: ${sentence}`,
  seeOrder: "Bestellung ansehen",
  seeOrderNumber: (id) => `Bestellung ${id} ansehen`,
  linkNote: "Wer diesen Link hat, kann die Bestellung sehen und ändern. Geben Sie ihn nicht weiter.",
  receiptSubject: (id) => `Beleg zu Bestellung ${id}`,
  receiptHeading: "Vielen Dank für Ihre Bestellung",
  receiptText: (id) => `Bestellung ${id} ist bezahlt. Dies ist Ihr Beleg.`,
  total: "Gesamt",
  shippingAddress: "Lieferadresse",
  refundSubject: (amount, id) => `Erstattung von ${amount} zu Bestellung ${id}`,
  refundHeading: (amount) => `Wir haben ${amount} erstattet`,
  refundNote: "Es kann einige Tage dauern, bis das Geld bei Ihnen ist.",
  refundReasons: {
    whole: "Der Shop hat den Preis erstattet.",
    part: "Der Shop hat einen Teil des Preises erstattet.",
    second_payment: "Sie war schon bezahlt, daher wurde die zweite Zahlung erstattet.",
    amount_too_high: "Es wurde mehr als der Preis bezahlt, daher wurde der Unterschied erstattet.",
    amount_too_low: "Es wurde weniger als der Preis bezahlt, daher wurde die Zahlung erstattet.",
    wrong_currency: "Die Zahlung war in einer anderen Währung, daher wurde sie erstattet.",
    paid_too_late: "Die Zahlung kam zu spät, daher wurde sie erstattet.",
    sale_over: "Die Zahlung kam nach dem Ende des Verkaufs, daher wurde sie erstattet.",
    customer_limit_reached:
      "Die Zahlung kam zu spät, und die Höchstmenge je Kunde war erreicht, daher wurde sie erstattet.",
    access_code_used_up:
      "Die Zahlung kam zu spät, und der Zugangscode war aufgebraucht, daher wurde sie erstattet.",
    sold_out: "Die Zahlung kam zu spät, und die Ware war ausverkauft, daher wurde sie erstattet.",
    units_not_available:
      "Die Zahlung kam zu spät, und die Ware war nicht mehr verfügbar, daher wurde sie erstattet.",
  },
  cancelledSubject: (id) => `Bestellung ${id} ist storniert`,
  cancelledHeading: "Ihre Bestellung ist storniert",
  cancelledText: (id, goods) => `Der Shop hat Bestellung ${id} storniert: ${goods}.`,
  cancelledNote:
    "Sie müssen sie nicht bezahlen. Wenn Sie schon bezahlt haben, wird Ihre Zahlung automatisch erstattet.",
  linksSubject: (orders) =>
    plural(orders, { one: "Der Link zu Ihrer Bestellung", other: "Die Links zu Ihren Bestellungen" }),
  linksHeading: (orders) => plural(orders, { one: "Ihre Bestellung", other: "Ihre Bestellungen" }),
  linksText: "Hier sind die Links zu den Bestellungen, die mit dieser E-Mail-Adresse aufgegeben wurden.",
  linksNote:
    "Wer diese Links hat, kann die Bestellungen sehen und ändern. Geben Sie sie nicht weiter. Wenn Sie diese E-Mail nicht angefordert haben, ignorieren Sie sie.",
  codeSubject: (code) => `${code} ist Ihr Code`,
  codeHeading: "Ihr Code",
  codeText: "Geben Sie diesen Code auf der Seite ein, auf der Sie ihn angefordert haben:",
  codeMinutes: (minutes) => `Er gilt ${minutes} Minuten und einmal.`,
  codeNote:
    "Geben Sie den Code niemandem. Wenn Sie ihn nicht angefordert haben, ignorieren Sie diese Mail: Ohne den Code geschieht nichts.",
  optionIs: (option, value) => `${option}: ${value}`,
  orderStatus: (id, status) => `Bestellung ${id}, ${status}`,
  statuses: {
    pending_payment: "noch nicht bezahlt",
    paid: "bezahlt",
    cancelled: "storniert",
    expired: "abgelaufen",
    refunded: "erstattet",
  },
}
