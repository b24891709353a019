import { textTools } from "../../../client/src/languages.ts"
import type { MailWords } from "./en.ts"

const { plural } = textTools("fr")

/** The words of mails in French. */
export const fr: MailWords = {
  subject: (subject, shop) => `${subject} – ${shop}`,
  hello: (name) => `Bonjour ${name},`,
  orderWith: (id, goods, sentence) => `Commande ${id}, ${goods} : ${sentence}`,
  seeOrder: "Voir votre commande",
  seeOrderNumber: (id) => `Voir la commande ${id}`,
  linkNote: "Toute personne qui a ce lien peut voir et modifier la commande. Ne le partagez pas.",
  receiptSubject: (id) => `Reçu de la commande ${id}`,
  receiptHeading: "Merci pour votre commande",
  receiptText: (id) => `La commande ${id} est payée. Ceci est votre reçu.`,
  total: "Total",
  shippingAddress: "Adresse de livraison",
  refundSubject: (amount, id) => `Remboursement de ${amount} pour la commande ${id}`,
  refundHeading: (amount) => `Nous avons remboursé ${amount}`,
  refundNote: "Le remboursement peut mettre quelques jours à vous parvenir.",
  refundReasons: {
    whole: "la boutique a remboursé le prix.",
    part: "la boutique a remboursé une partie du prix.",
    second_payment: "elle était déjà payée, le second paiement a donc été remboursé.",
    amount_too_high: "le montant payé dépassait le prix, la différence a donc été remboursée.",
    amount_too_low: "le montant payé était inférieur au prix, le paiement a donc été remboursé.",
    wrong_currency: "le paiement était dans une autre devise, il a donc été remboursé.",
    paid_too_late: "le paiement est arrivé trop tard, il a donc été remboursé.",
    sale_over: "le paiement est arrivé après la fin de la vente, il a donc été remboursé.",
    customer_limit_reached:
      "le paiement est arrivé tard et la limite par client était atteinte, il a donc été remboursé.",
    access_code_used_up:
      "le paiement est arrivé tard et le code d’accès était épuisé, il a donc été remboursé.",
    sold_out: "le paiement est arrivé tard et les articles étaient épuisés, il a donc été remboursé.",
    units_not_available:
      "le paiement est arrivé tard et les articles n’étaient plus disponibles, il a donc été remboursé.",
  },
  cancelledSubject: (id) => `La commande ${id} est annulée`,
  cancelledHeading: "Votre commande est annulée",
  cancelledText: (id, goods) => `La boutique a annulé la commande ${id}, ${goods}.`,
  cancelledNote:
    "Vous n’avez pas à la payer. Si vous avez déjà payé, votre paiement est remboursé automatiquement.",
  linksSubject: (orders) =>
    plural(orders, {
      one: "Le lien vers votre commande",
      many: "Les liens vers vos commandes",
      other: "Les liens vers vos commandes",
    }),
  linksHeading: (orders) =>
    plural(orders, { one: "Votre commande", many: "Vos commandes", other: "Vos commandes" }),
  linksText: "Voici les liens vers les commandes passées avec cette adresse e-mail.",
  linksNote:
    "Toute personne qui a ces liens peut voir et modifier les commandes. Ne les partagez pas. Si vous n’avez pas demandé cet e-mail, ignorez-le.",
  codeSubject: (code) => `${code} est votre code`,
  codeHeading: "Votre code",
  codeText: "Saisissez ce code sur la page où vous l’avez demandé :",
  codeMinutes: (minutes) => `Il est valable ${minutes} minutes, une seule fois.`,
  codeNote:
    "Ne donnez ce code à personne. Si vous ne l’avez pas demandé, ignorez cet e-mail : rien ne se passe sans le code.",
  optionIs: (option, value) => `${option} : ${value}`,
  orderStatus: (id, status) => `Commande ${id}, ${status}`,
  statuses: {
    pending_payment: "pas encore payée",
    paid: "payée",
    cancelled: "annulée",
    expired: "expirée",
    refunded: "remboursée",
  },
}
