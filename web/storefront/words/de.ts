import { textTools } from "../../../client/src/languages.ts"
import { deAccess } from "./de-access.ts"
import { deForm } from "./de-form.ts"
import type { Words } from "./en.ts"

const { plural, count } = textTools("de")

const units = (qty: number) => plural(qty, { one: "# Stück", other: "# Stück" })
const and = (names: readonly string[]) => names.join(" und ")

/** The words of the storefront in German. */
export const de: Words = {
  /* Every page */
  sentence: (text) => (text.endsWith("…") ? text : `${text}.`),
  shopTime: "Shop-Zeit",
  language: "Sprache",
  loading: "Wird geladen …",
  reload: "Neu laden",
  partNotLoaded:
    "Ein Teil dieser Seite konnte nicht geladen werden. Wenn Sie neu laden, bleiben Ihre Eingaben erhalten.",
  offline:
    "Keine Verbindung. Diese Seite ist vielleicht nicht aktuell; sie verbindet sich von selbst wieder.",
  connectionLost: "Verbindung unterbrochen.",
  connectedAgain: "Wieder verbunden.",
  timeLeft: (time) => `noch ${time}`,
  oneMinuteLeft: "Noch eine Minute.",
  notFound: "Seite nicht gefunden",
  checkAddress: "Prüfen Sie die Adresse, oder",
  seeAllProducts: "sehen Sie alle Artikel",
  preview: "Vorschau. Nur Sie sehen diese Seite, und hier lässt sich nichts kaufen.",
  days: (days) => `${days} T`,

  /* Lists and products */
  onSale: "Im Verkauf",
  noProducts: "Noch keine Artikel.",
  endedSales: "Beendete Verkäufe",
  moreProducts: "Weitere Artikel",
  from: (price) => `ab ${price}`,
  left: (qty) => `noch ${count(qty)}`,
  inStock: "Verfügbar",
  fewLeft: "Nur noch wenige",
  opensIn: (time) => `Öffnet in ${time}`,
  opensAt: (time) => `Start: ${time}`,
  saleStates: {
    open: "Im Verkauf",
    all_held: "Alle reserviert",
    sold_out: "Ausverkauft",
    scheduled: "Startet bald",
    paused: "Pausiert",
    closed: "Beendet",
  },
  presale: "Vorverkauf",
  variantStates: {
    all_held: "Alle reserviert",
    sold_out: "Ausverkauft",
    not_for_sale: "Nicht erhältlich",
    missing: "Nicht verfügbar",
  },
  optionIs: (option, value) => `${option}: ${value}`,
  product: (id) => `Artikel ${id}`,
  variant: (id) => `Variante ${id}`,
  units,
  pictures: "Bilder",
  showPicture: (number: number, all: number) => `Bild ${number} von ${all} zeigen`,
  opens: "Start",
  closes: "Ende",
  total: "Gesamt",
  limitPerOrder: "Höchstens je Bestellung",
  limitPerCustomer: "Höchstens je Kunde",
  seconds: (seconds) => plural(seconds, { one: "# Sekunde", other: "# Sekunden" }),
  minutes: (minutes) => plural(minutes, { one: "# Minute", other: "# Minuten" }),
  untilTime: (time) => `bis ${time}`,
  ofLeft: (stock) => `von ${count(stock)} verfügbar`,
  ofReserved: (stock) => `von ${count(stock)} reserviert`,
  ofReservedUntil: (stock, time) => `von ${count(stock)} reserviert, das erste bis ${time}`,
  sold: (qty) => `${count(qty)} verkauft`,
  reserved: (qty) => `${count(qty)} reserviert`,

  /* Reserving */
  buy: "Kaufen",
  reserve: "Reservieren",
  reserving: "Wird reserviert …",
  tryAgain: "Erneut versuchen",
  reservesFor: (duration) => `Reserviert für ${duration}, Sie zahlen im nächsten Schritt.`,
  reservesWithoutPaying: (duration) => `Reserviert für ${duration}. Sie zahlen noch nichts.`,
  youPayNext: "Sie zahlen im nächsten Schritt.",
  reservingNeedsScripts: "Zum Reservieren wird JavaScript benötigt.",
  quantity: "Menge",
  quantityOf: (name) => `Menge von ${name}`,
  decrease: "Menge verringern",
  decreaseOf: (name) => `Menge von ${name} verringern`,
  increase: "Menge erhöhen",
  increaseOf: (name) => `Menge von ${name} erhöhen`,
  chooseUpTo: (qty) => `Wählen Sie insgesamt bis zu ${count(qty)} Stück`,
  chooseSeveral: "Mehrere wählen",
  chooseFirst: "Bitte zuerst auswählen",
  chooseOption: (option) => `${option} auswählen`,
  chooseOne: "Bitte auswählen",
  customerId: "Ihre Kundenkennung",
  enterCustomerId: "Geben Sie Ihre Kundenkennung ein.",
  customerIdHelp:
    "Die Menge je Kunde ist begrenzt. Geben Sie ein, woran dieser Shop Sie erkennt, zum Beispiel Ihre Kundennummer.",
  checkOut: "Zur Kasse",
  checkingOut: "Weiter zur Kasse …",
  cancelReservation: "Reservierung aufheben",
  askCancelReservation: "Reservierung aufheben? Die Ware ist dann sofort für andere verfügbar.",
  yesCancelReservation: "Ja, Reservierung aufheben",
  keep: "Behalten",
  yourReservations: "Ihre Reservierungen",
  storesNothing:
    "Dieser Browser speichert nichts für diese Seite, etwa in einem privaten Fenster. Lassen Sie diesen Tab offen, bis Sie bezahlt haben: Nach einem Neuladen ist Ihre Reservierung nicht mehr zu finden.",
  leftToCheckOut: "Zeit bis zur Kasse",

  /* The buyer's situation */
  crowdTrying: "Hohe Nachfrage, neuer Versuch …",
  noAnswerTrying: "Noch keine Antwort, neuer Versuch …",
  reservedForYou: (qty) => `${units(qty)} für Sie reserviert`,
  headlines: {
    scheduled: "Noch nicht gestartet",
    paused: "Verkauf pausiert",
    over: "Verkauf beendet",
    sold_out: "Ausverkauft",
    all_held: "Alle reserviert",
    on_sale: "Jetzt im Verkauf",
    order_unread: "Ihre Bestellung wird geladen …",
    order_missing: "Bestellung in diesem Browser nicht gefunden",
    wrong_link: "Dieser Link öffnet die Bestellung nicht",
    to_pay: "Wartet auf Ihre Zahlung",
    needs_details: "Angaben fehlen",
    payment_under_way: "Ihre Zahlung wird bestätigt …",
    paid: "Bestellung bezahlt",
    declined: "Zahlung abgelehnt",
    cancelled: "Bestellung storniert",
    order_expired: "Bestellung abgelaufen",
    late_payment: "Ihre Zahlung ist verspätet",
    money_returning: "Erstattung läuft",
    money_returned: "Zahlung erstattet",
    refunded: "Bestellung erstattet",
  },
  explanations: {
    scheduled: "Bleiben Sie auf dieser Seite: Der Verkauf startet hier von selbst, ohne Neuladen.",
    paused:
      "Der Shop hat den Verkauf pausiert. Bleiben Sie auf dieser Seite: Sie aktualisiert sich von selbst.",
    over: "Dieser Artikel wird nicht mehr verkauft.",
    sold_out: "Alle Stücke sind bezahlt.",
    all_held:
      "Im Moment ist nichts verfügbar. Sobald eine Reservierung abläuft, werden wieder Stücke frei. Bleiben Sie auf dieser Seite: Sie aktualisiert sich von selbst.",
    reserving: "Bitte warten Sie. Durch einen neuen Versuch wird nicht mehr reserviert.",
    order_missing:
      "Die Bestellung wurde vielleicht in einem anderen Browser oder auf einem anderen Gerät aufgegeben.",
    wrong_link:
      "Der Link ist unvollständig oder gehört zu einer anderen Bestellung. Kopieren Sie den ganzen Link noch einmal, bis zum letzten Zeichen.",
    to_pay: "Sie zahlen direkt an den Shop. Diese Seite zeigt, wenn Ihre Zahlung eingegangen ist.",
    needs_details: "Der Shop benötigt sie, bevor Sie bezahlen können.",
    payment_under_way: "Das dauert einige Sekunden. Sie können diese Seite verlassen und zurückkommen.",
    paid: "Vielen Dank. Ihre Zahlung ist eingegangen.",
    paid_late: "Vielen Dank. Ihre Zahlung kam verspätet, aber Ihre Ware war noch verfügbar.",
    declined: "Es wurde nichts abgebucht, und die Ware ist wieder freigegeben.",
    cancelled:
      "Die Ware ist wieder freigegeben. Falls noch eine Zahlung eingeht, wird sie automatisch erstattet.",
    order_expired:
      "Die Bestellung wurde nicht rechtzeitig bezahlt, und die Ware ist wieder freigegeben. Falls Ihre Zahlung noch eingeht, erhalten Sie die Ware, wenn sie noch da ist; sonst wird die Zahlung automatisch erstattet.",
    late_payment:
      "Die Zeit zum Bezahlen ist abgelaufen. Ist Ihre Ware beim Eingang der Zahlung noch verfügbar, gehört sie Ihnen; sonst wird die Zahlung automatisch erstattet.",
    refunded: "Der volle Preis wurde erstattet.",
  },
  moneyReturning: (amount) => `Ihre Zahlung kam zu spät. ${amount} werden automatisch erstattet.`,
  moneyReturned: (amount) => `Ihre Zahlung kam zu spät. ${amount} wurden erstattet.`,

  /* Notices */
  tooFew: (qty) => `Nur noch ${count(qty)} verfügbar. Wählen Sie weniger.`,
  fewerLeft: "So viele sind nicht mehr verfügbar. Wählen Sie weniger.",
  missed: "Andere waren schneller. Für Sie wurde nichts reserviert.",
  lacking: (reasons) => `Andere waren schneller. Es wurde nichts reserviert: ${and(reasons)}.`,
  lackingAll: (name) => `von ${name} ist nichts verfügbar`,
  lackingSome: (name, qty) => `von ${name} sind nur noch ${units(qty)} verfügbar`,
  lackingFewer: (name) => `von ${name} sind weniger verfügbar, als Sie gewählt haben`,
  overLimit: (qty) => `Je Bestellung sind höchstens ${units(qty)} möglich.`,
  overLimitOf: (qty, name) => `Je Bestellung sind höchstens ${units(qty)} von ${name} möglich.`,
  variantDisabled: (name) => `Es wurde nichts reserviert: ${name} wird nicht mehr verkauft.`,
  customerLimitReached: "Sie haben die Höchstmenge je Kunde erreicht.",
  customerLimit: (qty) => `Sie können noch ${count(qty)} reservieren: Die Menge je Kunde ist begrenzt.`,
  /* Confirming a mailbox */
  mailbox: {
    title: "E-Mail-Adresse bestätigen",
    help: "Dieses Produkt wird an bestätigte E-Mail-Adressen verkauft, und Grenzen gelten je Postfach. Bestätigen Sie Ihre vor Verkaufsbeginn: Sie erhalten einen Code per E-Mail.",
    send: "Code senden",
    sent: (email) =>
      `Wenn ${email} einen Code bekommen kann, ist er unterwegs. Er gilt 10 Minuten. Sehen Sie auch im Spam-Ordner nach.`,
    code: "Sechsstelliger Code",
    confirm: "Bestätigen",
    other: "Andere Adresse verwenden oder noch einmal anfordern",
    confirmedAs: (email) => `Sie sind bestätigt als ${email}.`,
    change: "Andere Adresse verwenden",
    wrongCode: "Dieser Code gilt nicht. Prüfen Sie ihn, oder fordern Sie einen neuen an.",
    elsewhere:
      "Dieser Shop hat eine Sicherheitsprüfung, die nur auf seiner eigenen Seite erscheint. Bestätigen Sie Ihre Adresse dort, und kaufen Sie dort.",
    goThere: "Zur Seite des Shops",
    failed: {
      too_often: "Aus Ihrem Netz kamen zu viele Anfragen. Versuchen Sie es in einigen Minuten noch einmal.",
      no_answer: "Der Shop hat nicht geantwortet. Versuchen Sie es noch einmal.",
      off: "Dieser Shop kann zurzeit keine Codes senden. Fragen Sie den Shop.",
      challenge: "Die Prüfung ist nicht gelungen. Versuchen Sie es noch einmal.",
    },
  },
  notices: {
    mailbox_required: "Bestätigen Sie zuerst Ihre E-Mail-Adresse, und reservieren Sie dann.",
    customer_token_required:
      "Diesen Artikel können nur Kunden kaufen, die im Shop angemeldet sind. Melden Sie sich dort an, und öffnen Sie den Artikel von dort aus.",
    customer_token_invalid:
      "Ihre Anmeldung im Shop gilt hier nicht mehr. Melden Sie sich im Shop noch einmal an, und öffnen Sie den Artikel von dort aus.",
    too_many_open:
      "Über Ihr Netz oder für Ihr Kundenkonto wurden zu viele Stück reserviert und nicht bezahlt. Versuchen Sie es in einigen Minuten noch einmal.",
    variant_required: "Dieser Artikel wird jetzt in Varianten verkauft. Wählen Sie eine aus.",
    crowd:
      "Die Nachfrage ist weiterhin hoch. Versuchen Sie es erneut: Es wird dadurch nicht mehr reserviert.",
    no_answer:
      "Der Shop hat nicht geantwortet. Versuchen Sie es erneut: Es wird dadurch nicht mehr reserviert.",
    check_details: "Der Shop hat Ihre Angaben nicht angenommen. Korrigieren Sie die markierten Felder.",
    wrong_link:
      "Der geöffnete Link ist unvollständig oder gehört zu einer anderen Bestellung. Dieser Browser konnte die Bestellung ohne ihn öffnen.",
    details_erased:
      "Der Shop hat die Angaben zu dieser Bestellung gelöscht und nimmt keine neuen an. Fragen Sie den Shop, oder stornieren Sie die Bestellung.",
    hold_expired: "Ihre Reservierung ist abgelaufen, und die Ware ist wieder freigegeben.",
    hold_expired_details_kept:
      "Ihre Reservierung ist abgelaufen, und die Ware ist wieder freigegeben. Ihre Eingaben bleiben in diesem Tab erhalten.",
    hold_released: "Reservierung aufgehoben. Die Ware ist wieder freigegeben.",
    price_changed:
      "Der Preis hat sich seit Ihrer Auswahl geändert. Sie zahlen den Gesamtbetrag, der hier steht.",
    ordered: "Sie haben eine Bestellung für diesen Artikel.",
  },
  refused: () => "Der Shop hat die Anfrage abgelehnt. Laden Sie die Seite neu, und versuchen Sie es erneut.",
  goToOrder: (orderId) => `Zur Bestellung ${orderId}`,
  lackSome: (name, qty) => `Von ${name} sind nur noch ${units(qty)} verfügbar. Wählen Sie weniger.`,
  lackHeld: (name) =>
    `Von ${name} ist alles reserviert. Sobald eine Reservierung abläuft, wird wieder etwas frei: Bleiben Sie auf dieser Seite.`,
  lackSold: (name) => `${name} ist ausverkauft.`,
  lackNotForSale: (name) => `${name} wird nicht mehr verkauft.`,
  availableAgain: (names) => `${and(names)} ${names.length === 1 ? "ist" : "sind"} wieder verfügbar.`,

  /* An order */
  order: (orderId) => `Bestellung ${orderId}`,
  reference: "Referenz",
  findByEmail: "Bestellung per E-Mail finden",
  orderNeedsScripts: "Zum Anzeigen Ihrer Bestellung wird JavaScript benötigt.",
  leftToPay: "Zeit, um zu bezahlen",
  paidAt: "Bezahlt",
  payNow: (amount) => `Jetzt kaufen, ${amount} zahlen`,
  paying: "Zahlung läuft …",
  openingPayment: "Zahlung wird geöffnet …",
  notTaken:
    "Die Zahlung ist nicht zustande gekommen, und es wurde nichts abgebucht. Versuchen Sie es erneut, oder wählen Sie eine andere Zahlungsart.",
  formNotLoaded:
    "Das Zahlungsformular konnte nicht geladen werden. Erlauben Sie dieser Seite, js.stripe.com zu laden, und versuchen Sie es erneut.",
  cancelOrder: "Bestellung stornieren",
  askCancelOrder: "Bestellung stornieren? Die Ware ist dann sofort für andere verfügbar.",
  yesCancelOrder: "Ja, Bestellung stornieren",
  backToProduct: "Zurück zum Artikel",
  backTo: (host) => `Zurück zu ${host}`,
  detailsLacking: "Dem Shop fehlen noch Angaben. Er wird sich bei Ihnen melden.",
  isSent: "Der Shop schickt Ihre Bestellung an die Adresse unten.",
  refundedAmount: (amount) => `Erstattet: ${amount}`,
  isReceipt: "Diese Seite ist Ihr Beleg.",
  printReceipt: "Beleg drucken",
  questions: "Fragen?",
  getHelp: "Hilfe",
  otherDevice: "Auf einem anderen Gerät öffnen",
  otherDeviceHelp: "Wer diesen Link hat, kann die Bestellung sehen und ändern. Der Link läuft nicht ab.",
  qrCode: "QR-Code des Links zu dieser Bestellung",
  linkToOrder: "Link zu dieser Bestellung",
  copyLink: "Link kopieren",
  linkCopied: "Link kopiert.",
  copySelected: "Kopieren Sie den markierten Link.",

  /* Finding orders */
  yourOrders: "Ihre Bestellungen",
  noOrdersHere: "In diesem Browser wurde noch nichts bestellt.",
  orderedElsewhere: "In einem anderen Browser bestellt?",
  findOrder: "Meine Bestellung finden",
  findHelp:
    "Geben Sie die E-Mail-Adresse ein, mit der Sie bestellt haben. Der Shop schickt dorthin einen Link zu jeder Ihrer Bestellungen.",
  sendLink: "Link anfordern",
  sending: "Wird gesendet …",
  findingNeedsScripts: "Zum Finden einer Bestellung wird JavaScript benötigt.",
  found: {
    accepted:
      "Falls es eine Bestellung mit dieser E-Mail-Adresse gibt, ist eine E-Mail mit dem Link unterwegs. Sehen Sie auch im Spam-Ordner nach.",
    too_often: "Zu viele Anfragen. Versuchen Sie es später erneut.",
    no_answer: "Der Shop hat nicht geantwortet. Versuchen Sie es erneut.",
    no_mail:
      "Dieser Shop verschickt keine E-Mails. Öffnen Sie die Bestellung in dem Browser, in dem Sie bestellt haben, oder fragen Sie den Shop.",
    refused: "Der Shop kann an diese E-Mail-Adresse nichts schicken. Prüfen Sie sie auf Tippfehler.",
  },

  form: deForm,
  access: deAccess,
}
