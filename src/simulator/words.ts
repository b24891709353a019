import { directedPrice } from "../base/price-direction.ts"
import { isKnownCurrency } from "../../client/src/currencies.ts"
import { languages, type LanguageTag } from "../../client/src/languages.ts"
import { decimalAmount } from "../domain/money.ts"

/** The words of the pay page. */
interface PayWords {
  /** In the place of the shop's name, where the simulator does not know it. */
  readonly simulator: string
  /** Says that the page is no real one. */
  readonly noMoney: string
  readonly order: (id: number) => string
  readonly atBank: string
  readonly each: (price: string) => string
  readonly buttons: Readonly<Record<"pay" | "3ds" | "late" | "decline" | "cancel", string>>
  readonly bankButtons: Readonly<Record<"confirm" | "refuse", string>>
  readonly statuses: Readonly<Record<"processing" | "succeeded" | "declined" | "cancelled", string>>
  readonly back: string
  readonly missing: string
  readonly missingText: string
}

/** The words by language. */
export const payWords: Readonly<Record<LanguageTag, PayWords>> = {
  en: {
    simulator: "Payment simulator",
    noMoney: "This is Doorbuster's payment simulator. No money moves: you choose how the payment ends.",
    order: (id) => `Order ${id}`,
    atBank: "Your bank asks for confirmation",
    each: (price) => `${price} each`,
    buttons: {
      pay: "Pay",
      "3ds": "Pay with 3-D Secure",
      late: "Pay late",
      decline: "Decline",
      cancel: "Cancel",
    },
    bankButtons: { confirm: "Confirm payment", refuse: "Refuse" },
    statuses: {
      processing: "The payment is being processed. Reload this page to see the result.",
      succeeded: "Paid. The shop is being notified.",
      declined: "The payment was declined.",
      cancelled: "The payment was cancelled.",
    },
    back: "Back to the shop",
    missing: "Payment not found",
    missingText: "The simulator keeps payments in memory: they are gone after a restart.",
  },
  de: {
    simulator: "Zahlungssimulator",
    noMoney:
      "Dies ist der Zahlungssimulator von Doorbuster. Es fließt kein echtes Geld: Sie wählen, wie die Zahlung ausgeht.",
    order: (id) => `Bestellung ${id}`,
    atBank: "Ihre Bank bittet um Bestätigung",
    each: (price) => `je ${price}`,
    buttons: {
      pay: "Bezahlen",
      "3ds": "Mit 3-D Secure bezahlen",
      late: "Verspätet bezahlen",
      decline: "Ablehnen",
      cancel: "Abbrechen",
    },
    bankButtons: { confirm: "Zahlung bestätigen", refuse: "Verweigern" },
    statuses: {
      processing: "Die Zahlung wird verarbeitet. Laden Sie diese Seite neu, um das Ergebnis zu sehen.",
      succeeded: "Bezahlt. Der Shop wird benachrichtigt.",
      declined: "Die Zahlung wurde abgelehnt.",
      cancelled: "Die Zahlung wurde abgebrochen.",
    },
    back: "Zurück zum Shop",
    missing: "Zahlung nicht gefunden",
    missingText: "Der Simulator behält Zahlungen im Arbeitsspeicher: Nach einem Neustart sind sie weg.",
  },
  fr: {
    simulator: "Simulateur de paiement",
    noMoney:
      "Ceci est le simulateur de paiement de Doorbuster. Aucun argent réel n’est en jeu : vous choisissez l’issue du paiement.",
    order: (id) => `Commande ${id}`,
    atBank: "Votre banque demande une confirmation",
    each: (price) => `${price} l’unité`,
    buttons: {
      pay: "Payer",
      "3ds": "Payer avec 3-D Secure",
      late: "Payer en retard",
      decline: "Refuser le paiement",
      cancel: "Annuler",
    },
    bankButtons: { confirm: "Confirmer le paiement", refuse: "Refuser" },
    statuses: {
      processing: "Le paiement est en cours de traitement. Rechargez cette page pour voir le résultat.",
      succeeded: "Payé. La boutique en est informée.",
      declined: "Le paiement a été refusé.",
      cancelled: "Le paiement a été annulé.",
    },
    back: "Retour à la boutique",
    missing: "Paiement introuvable",
    missingText: "Le simulateur garde les paiements en mémoire : ils disparaissent après un redémarrage.",
  },
  es: {
    simulator: "Simulador de pagos",
    noMoney:
      "Este es el simulador de pagos de Doorbuster. No se mueve dinero real: usted elige cómo termina el pago.",
    order: (id) => `Pedido ${id}`,
    atBank: "Su banco pide una confirmación",
    each: (price) => `${price} por unidad`,
    buttons: {
      pay: "Pagar",
      "3ds": "Pagar con 3-D Secure",
      late: "Pagar con retraso",
      decline: "Denegar el pago",
      cancel: "Cancelar",
    },
    bankButtons: { confirm: "Confirmar el pago", refuse: "Rechazar" },
    statuses: {
      processing: "El pago se está procesando. Recargue esta página para ver el resultado.",
      succeeded: "Pagado. Se está avisando a la tienda.",
      declined: "El pago ha sido denegado.",
      cancelled: "El pago ha sido cancelado.",
    },
    back: "Volver a la tienda",
    missing: "Pago no encontrado",
    missingText: "El simulador guarda los pagos en memoria: desaparecen al reiniciarlo.",
  },
  ja: {
    simulator: "決済シミュレーター",
    noMoney:
      "これは Doorbuster の決済シミュレーターです。実際のお金は動きません。決済の結果をお選びください。",
    order: (id) => `注文 ${id}`,
    atBank: "銀行が確認を求めています",
    each: (price) => `単価 ${price}`,
    buttons: {
      pay: "支払う",
      "3ds": "3D セキュアで支払う",
      late: "遅れて支払う",
      decline: "決済を拒否する",
      cancel: "キャンセル",
    },
    bankButtons: { confirm: "支払いを承認する", refuse: "拒否する" },
    statuses: {
      processing: "決済を処理しています。結果を確認するには、このページを再読み込みしてください。",
      succeeded: "支払いが完了しました。ショップに通知しています。",
      declined: "決済は拒否されました。",
      cancelled: "決済はキャンセルされました。",
    },
    back: "ショップに戻る",
    missing: "決済が見つかりません",
    missingText: "シミュレーターは決済をメモリに保持するため、再起動すると失われます。",
  },
  ar: {
    simulator: "محاكي الدفع",
    noMoney:
      "هذا محاكي الدفع الخاص ببرنامج Doorbuster. لا تُنقل أي أموال حقيقية: أنت تختار كيف تنتهي عملية الدفع.",
    order: (id) => `الطلب ${id}`,
    atBank: "يطلب مصرفك تأكيدًا",
    each: (price) => `${price} للقطعة`,
    buttons: {
      pay: "ادفع",
      "3ds": "ادفع عبر \u20663-D Secure\u2069",
      late: "ادفع متأخرًا",
      decline: "ارفض الدفع",
      cancel: "ألغِ",
    },
    bankButtons: { confirm: "أكّد الدفع", refuse: "ارفض" },
    statuses: {
      processing: "تجري معالجة الدفع. أعد تحميل هذه الصفحة لرؤية النتيجة.",
      succeeded: "تم الدفع. يجري إبلاغ المتجر.",
      declined: "رُفض الدفع.",
      cancelled: "أُلغي الدفع.",
    },
    back: "العودة إلى المتجر",
    missing: "لم يُعثر على عملية الدفع",
    missingText: "يحتفظ المحاكي بعمليات الدفع في الذاكرة: تختفي بعد إعادة التشغيل.",
  },
}

/** Formats an amount as the storefront does: `€129.00`. An unknown currency is written in minor units. */
export function amountText(minor: number, currency: string, tag: LanguageTag): string {
  if (!isKnownCurrency(currency)) return `${minor} ${currency}`
  const decimal = decimalAmount(minor, currency)
  const digits = decimal.split(".")[1]?.length ?? 0
  const format = new Intl.NumberFormat(languages[tag].locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return directedPrice(format.format(decimal as Intl.StringNumericLiteral), tag)
}
