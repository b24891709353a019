import { textTools } from "../../../client/src/languages.ts"
import type { Words } from "./en.ts"
import { frAccess } from "./fr-access.ts"
import { frForm } from "./fr-form.ts"

const { plural, count } = textTools("fr")

const units = (qty: number) => plural(qty, { one: "# article", many: "# d’articles", other: "# articles" })
const and = (names: readonly string[]) => names.join(" et ")

/** The words of the storefront in French. */
export const fr: Words = {
  /* Every page */
  sentence: (text) => (text.endsWith("…") ? text : `${text}.`),
  shopTime: "Heure de la boutique",
  language: "Langue",
  loading: "Chargement…",
  reload: "Recharger",
  partNotLoaded:
    "Une partie de cette page n’a pas pu être chargée. Si vous rechargez, votre saisie est conservée.",
  offline: "Pas de connexion. Cette page n’est peut-être plus à jour ; elle se reconnecte d’elle-même.",
  connectionLost: "Connexion perdue.",
  connectedAgain: "Connexion rétablie.",
  timeLeft: (time) => `encore ${time}`,
  oneMinuteLeft: "Plus qu’une minute.",
  notFound: "Page introuvable",
  checkAddress: "Vérifiez l’adresse, ou",
  seeAllProducts: "voyez tous les produits",
  preview: "Aperçu. Vous seul voyez cette page, et rien ne peut y être acheté.",
  days: (days) => `${days} j`,

  /* Lists and products */
  onSale: "En vente",
  noProducts: "Pas encore de produits.",
  endedSales: "Ventes terminées",
  moreProducts: "Plus de produits",
  from: (price) => `À partir de ${price}`,
  left: (qty) => plural(qty, { one: "# disponible", many: "# disponibles", other: "# disponibles" }),
  inStock: "Disponible",
  fewLeft: "Plus que quelques-uns",
  opensIn: (time) => `Ouvre dans ${time}`,
  opensAt: (time) => `Début : ${time}`,
  saleStates: {
    open: "En vente",
    all_held: "Tout est réservé",
    sold_out: "Épuisé",
    scheduled: "Bientôt",
    paused: "En pause",
    closed: "Terminé",
  },
  presale: "Prévente",
  variantStates: {
    all_held: "Tout est réservé",
    sold_out: "Épuisé",
    not_for_sale: "Pas en vente",
    missing: "Indisponible",
  },
  optionIs: (option, value) => `${option} : ${value}`,
  product: (id) => `Produit ${id}`,
  variant: (id) => `Variante ${id}`,
  units,
  pictures: "Photos",
  showPicture: (number: number, all: number) => `Afficher la photo ${number} sur ${all}`,
  opens: "Début",
  closes: "Fin",
  total: "Total",
  limitPerOrder: "Maximum par commande",
  limitPerCustomer: "Maximum par client",
  seconds: (seconds) => plural(seconds, { one: "# seconde", many: "# de secondes", other: "# secondes" }),
  minutes: (minutes) => plural(minutes, { one: "# minute", many: "# de minutes", other: "# minutes" }),
  untilTime: (time) => `jusqu’au début, ${time}`,
  ofLeft: (stock) => `sur ${count(stock)} disponibles`,
  ofReserved: (stock) => `sur ${count(stock)} réservés`,
  ofReservedUntil: (stock, time) => `sur ${count(stock)} réservés, le premier jusqu’à ${time}`,
  sold: (qty) => plural(qty, { one: "# vendu", many: "# vendus", other: "# vendus" }),
  reserved: (qty) => plural(qty, { one: "# réservé", many: "# réservés", other: "# réservés" }),

  /* Reserving */
  buy: "Acheter",
  reserve: "Réserver",
  reserving: "Réservation…",
  tryAgain: "Réessayer",
  reservesFor: (duration) => `Réservé pendant ${duration}, vous payez à l’étape suivante.`,
  reservesWithoutPaying: (duration) => `Réservé pendant ${duration}. Rien à payer pour l’instant.`,
  youPayNext: "Vous payez à l’étape suivante.",
  reservingNeedsScripts: "JavaScript est nécessaire pour réserver.",
  quantity: "Quantité",
  quantityOf: (name) => `Quantité de ${name}`,
  decrease: "Diminuer la quantité",
  decreaseOf: (name) => `Diminuer la quantité de ${name}`,
  increase: "Augmenter la quantité",
  increaseOf: (name) => `Augmenter la quantité de ${name}`,
  chooseUpTo: (qty) => `Choisissez au total jusqu’à ${units(qty)}`,
  chooseSeveral: "Choisir plusieurs articles",
  chooseFirst: "Choisissez d’abord",
  chooseOption: (option) => `Choisissez : ${option}`,
  chooseOne: "Choisissez",
  customerId: "Votre identifiant client",
  enterCustomerId: "Saisissez votre identifiant client.",
  customerIdHelp:
    "La quantité par client est limitée. Saisissez ce par quoi cette boutique vous connaît, par exemple votre numéro de client.",
  checkOut: "Passer à la caisse",
  checkingOut: "Passage à la caisse…",
  cancelReservation: "Annuler la réservation",
  askCancelReservation: "Annuler la réservation ? Les articles seront aussitôt disponibles pour d’autres.",
  yesCancelReservation: "Oui, annuler la réservation",
  keep: "La garder",
  yourReservations: "Vos réservations",
  storesNothing:
    "Ce navigateur n’enregistre rien pour cette page, comme dans une fenêtre privée. Gardez cet onglet ouvert jusqu’au paiement : après un rechargement, votre réservation serait introuvable.",
  leftToCheckOut: "pour passer à la caisse",

  /* The buyer's situation */
  crowdTrying: "Forte demande, nouvel essai…",
  noAnswerTrying: "Pas encore de réponse, nouvel essai…",
  reservedForYou: (qty) =>
    plural(qty, {
      one: "# article réservé pour vous",
      many: "# d’articles réservés pour vous",
      other: "# articles réservés pour vous",
    }),
  headlines: {
    scheduled: "Pas encore ouvert",
    paused: "Vente en pause",
    over: "Vente terminée",
    sold_out: "Épuisé",
    all_held: "Tout est réservé",
    on_sale: "En vente maintenant",
    order_unread: "Chargement de votre commande…",
    order_missing: "Commande introuvable dans ce navigateur",
    wrong_link: "Ce lien n’ouvre pas la commande",
    to_pay: "En attente de votre paiement",
    needs_details: "Il manque des informations",
    payment_under_way: "Confirmation de votre paiement…",
    paid: "Commande payée",
    declined: "Paiement refusé",
    cancelled: "Commande annulée",
    order_expired: "Commande expirée",
    late_payment: "Votre paiement est en retard",
    money_returning: "Remboursement en cours",
    money_returned: "Paiement remboursé",
    refunded: "Commande remboursée",
  },
  explanations: {
    scheduled: "Restez sur cette page : la vente s’y ouvre d’elle-même, sans la recharger.",
    paused: "La boutique a mis la vente en pause. Restez sur cette page : elle se met à jour d’elle-même.",
    over: "Ce produit n’est plus en vente.",
    sold_out: "Tous les articles ont été payés.",
    all_held:
      "Rien n’est disponible pour le moment. Des articles se libèrent quand une réservation expire. Restez sur cette page : elle se met à jour d’elle-même.",
    reserving: "Veuillez patienter. Un nouvel essai ne réserve pas davantage d’articles.",
    order_missing: "La commande a peut-être été passée dans un autre navigateur ou sur un autre appareil.",
    wrong_link:
      "Le lien est incomplet ou appartient à une autre commande. Copiez de nouveau le lien entier, jusqu’au dernier caractère.",
    to_pay: "Vous payez directement la boutique. Cette page indique quand votre paiement est arrivé.",
    needs_details: "La boutique en a besoin avant que vous puissiez payer.",
    payment_under_way: "Cela prend quelques secondes. Vous pouvez quitter cette page et revenir.",
    paid: "Merci. Votre paiement a bien été reçu.",
    paid_late: "Merci. Votre paiement est arrivé tard, mais vos articles étaient encore disponibles.",
    declined: "Rien n’a été débité, et les articles ont été remis en stock.",
    cancelled:
      "Les articles ont été remis en stock. Si un paiement arrive encore, il est remboursé automatiquement.",
    order_expired:
      "La commande n’a pas été payée à temps, et les articles ont été remis en stock. Si votre paiement arrive encore, vous recevez les articles s’il en reste ; sinon, il est remboursé automatiquement.",
    late_payment:
      "Le délai de paiement est écoulé. Si vos articles sont encore disponibles à l’arrivée du paiement, ils sont à vous ; sinon, il est remboursé automatiquement.",
    refunded: "Le prix total a été remboursé.",
  },
  moneyReturning: (amount) =>
    `Votre paiement est arrivé trop tard. Le remboursement automatique de ${amount} est en cours.`,
  moneyReturned: (amount) => `Votre paiement est arrivé trop tard. Nous avons remboursé ${amount}.`,

  /* Notices */
  tooFew: (qty) => `Quantité encore disponible : ${count(qty)}. Choisissez-en moins.`,
  fewerLeft: "Il n’en reste pas autant. Choisissez-en moins.",
  missed: "D’autres ont été plus rapides. Rien n’a été réservé pour vous.",
  lacking: (reasons) => `D’autres ont été plus rapides. Rien n’a été réservé : ${and(reasons)}.`,
  lackingAll: (name) => `${name} n’est pas disponible`,
  lackingSome: (name, qty) => `de ${name}, il ne reste que ${units(qty)}`,
  lackingFewer: (name) => `de ${name}, il reste moins que la quantité choisie`,
  overLimit: (qty) => `La limite est de ${units(qty)} par commande.`,
  overLimitOf: (qty, name) => `La limite pour ${name} est de ${units(qty)} par commande.`,
  variantDisabled: (name) => `Rien n’a été réservé : ${name} n’est plus en vente.`,
  customerLimitReached: "Vous avez atteint la limite par client.",
  customerLimit: (qty) => `Vous pouvez encore réserver ${units(qty)} : la quantité par client est limitée.`,
  /* Confirming a mailbox */
  mailbox: {
    title: "Confirmez votre adresse e-mail",
    help: "Ce produit est vendu aux adresses e-mail confirmées, et les limites s’appliquent à chaque boîte aux lettres. Confirmez la vôtre avant l’ouverture de la vente : vous recevez un code par e-mail.",
    send: "Envoyez-moi un code",
    sent: (email) =>
      `Si ${email} peut recevoir un code, il est en route. Il est valable 10 minutes. Regardez aussi dans les courriers indésirables.`,
    code: "Code à six chiffres",
    confirm: "Confirmer",
    other: "Utiliser une autre adresse ou redemander un code",
    confirmedAs: (email) => `Vous êtes confirmé en tant que ${email}.`,
    change: "Utiliser une autre adresse",
    wrongCode: "Ce code n’est pas valable. Vérifiez-le ou demandez-en un nouveau.",
    elsewhere:
      "Cette boutique a un contrôle de sécurité que seule sa propre page affiche. Confirmez-y votre adresse et faites-y votre achat.",
    goThere: "Aller à la page de la boutique",
    failed: {
      too_often: "Trop de demandes sont venues de votre réseau. Réessayez dans quelques minutes.",
      no_answer: "La boutique n’a pas répondu. Réessayez.",
      off: "Cette boutique ne peut pas envoyer de code pour le moment. Contactez-la.",
      challenge: "La vérification n’a pas réussi. Réessayez.",
    },
  },
  notices: {
    mailbox_required: "Confirmez d’abord votre adresse e-mail, puis réservez.",
    customer_token_required:
      "Seuls les clients connectés à la boutique peuvent acheter ce produit. Connectez-vous sur son site, puis rouvrez-y ce produit.",
    customer_token_invalid:
      "Votre connexion à la boutique n’est plus valable ici. Reconnectez-vous sur le site de la boutique, puis rouvrez-y ce produit.",
    too_many_open:
      "Trop d’articles ont été réservés sans être payés, depuis votre réseau ou avec votre compte. Réessayez dans quelques minutes.",
    variant_required: "Ce produit se vend maintenant par variante. Choisissez-en une.",
    crowd: "La demande est toujours forte. Réessayez : cela ne réserve pas davantage d’articles.",
    no_answer: "La boutique n’a pas répondu. Réessayez : cela ne réserve pas davantage d’articles.",
    check_details: "La boutique n’a pas accepté vos informations. Corrigez les champs signalés.",
    wrong_link:
      "Le lien que vous avez ouvert est incomplet ou appartient à une autre commande. Ce navigateur a pu ouvrir la commande sans lui.",
    details_erased:
      "La boutique a effacé les informations de cette commande et n’en accepte pas de nouvelles. Adressez-vous à la boutique ou annulez la commande.",
    hold_expired: "Votre réservation a expiré, et les articles ont été remis en stock.",
    hold_expired_details_kept:
      "Votre réservation a expiré, et les articles ont été remis en stock. Votre saisie est conservée dans cet onglet.",
    hold_released: "Réservation annulée. Les articles ont été remis en stock.",
    price_changed: "Le prix a changé depuis votre choix. Vous payez le total affiché ici.",
    ordered: "Vous avez une commande pour ce produit.",
  },
  refused: () => "La boutique a refusé cette demande. Rechargez la page, puis réessayez.",
  goToOrder: (orderId) => `Voir la commande ${orderId}`,
  lackSome: (name, qty) => `De ${name}, il ne reste que ${units(qty)}. Choisissez-en moins.`,
  lackHeld: (name) =>
    `Tout est réservé pour ${name}. Des articles se libèrent quand une réservation expire : restez sur cette page.`,
  lackSold: (name) => `${name} : épuisé.`,
  lackNotForSale: (name) => `${name} n’est plus en vente.`,
  availableAgain: (names) => `De nouveau en vente : ${and(names)}.`,

  /* An order */
  order: (orderId) => `Commande ${orderId}`,
  reference: "Référence",
  findByEmail: "Retrouver ma commande par e-mail",
  orderNeedsScripts: "JavaScript est nécessaire pour afficher votre commande.",
  leftToPay: "pour payer",
  paidAt: "Payée le",
  payNow: (amount) => `Acheter et payer ${amount}`,
  paying: "Paiement…",
  openingPayment: "Ouverture du paiement…",
  notTaken:
    "Le paiement n’a pas abouti, et rien n’a été débité. Réessayez ou choisissez un autre moyen de paiement.",
  formNotLoaded:
    "Le formulaire de paiement n’a pas pu être chargé. Autorisez cette page à charger js.stripe.com, puis réessayez.",
  cancelOrder: "Annuler la commande",
  askCancelOrder: "Annuler la commande ? Les articles seront aussitôt disponibles pour d’autres.",
  yesCancelOrder: "Oui, annuler la commande",
  backToProduct: "Retour au produit",
  backTo: (host) => `Retour à ${host}`,
  detailsLacking: "La boutique a encore besoin d’informations et vous contactera.",
  isSent: "La boutique envoie votre commande à l’adresse ci-dessous.",
  refundedAmount: (amount) => `Remboursé : ${amount}`,
  isReceipt: "Cette page est votre reçu.",
  printReceipt: "Imprimer le reçu",
  questions: "Des questions ?",
  getHelp: "Obtenir de l’aide",
  otherDevice: "Ouvrir sur un autre appareil",
  otherDeviceHelp: "Toute personne qui a ce lien peut voir et modifier la commande. Il n’expire pas.",
  qrCode: "Code QR du lien vers cette commande",
  linkToOrder: "Lien vers cette commande",
  copyLink: "Copier le lien",
  linkCopied: "Lien copié.",
  copySelected: "Copiez le lien sélectionné.",

  /* Finding orders */
  yourOrders: "Vos commandes",
  noOrdersHere: "Aucune commande n’a été passée dans ce navigateur.",
  orderedElsewhere: "Commandé dans un autre navigateur ?",
  findOrder: "Retrouver ma commande",
  findHelp:
    "Saisissez l’adresse e-mail avec laquelle vous avez commandé. La boutique y envoie un lien vers chacune de vos commandes.",
  sendLink: "Recevoir le lien",
  sending: "Envoi…",
  findingNeedsScripts: "JavaScript est nécessaire pour retrouver une commande.",
  found: {
    accepted:
      "S’il existe une commande avec cette adresse e-mail, un e-mail avec son lien est en route. Regardez aussi dans vos courriers indésirables.",
    too_often: "Trop de demandes. Réessayez plus tard.",
    no_answer: "La boutique n’a pas répondu. Réessayez.",
    no_mail:
      "Cette boutique n’envoie pas d’e-mails. Ouvrez la commande dans le navigateur où vous l’avez passée, ou adressez-vous à la boutique.",
    refused:
      "La boutique ne peut rien envoyer à cette adresse e-mail. Vérifiez qu’elle est sans faute de frappe.",
  },

  form: frForm,
  access: frAccess,
}
