import { textTools } from "../../../client/src/languages.ts"
import type { Words } from "./en.ts"
import { esAccess } from "./es-access.ts"
import { esForm } from "./es-form.ts"

const { plural, count } = textTools("es")

const units = (qty: number) => plural(qty, { one: "# unidad", many: "# de unidades", other: "# unidades" })
const and = (names: readonly string[]) => names.join(" y ")

/** The words of the storefront in Spanish. */
export const es: Words = {
  /* Every page */
  sentence: (text) => (text.endsWith("…") ? text : `${text}.`),
  shopTime: "Hora de la tienda",
  language: "Idioma",
  loading: "Cargando…",
  reload: "Recargar",
  partNotLoaded:
    "No se ha podido cargar una parte de esta página. Al recargar se conserva lo que ha escrito.",
  offline: "Sin conexión. Es posible que esta página no esté al día; se vuelve a conectar sola.",
  connectionLost: "Se ha perdido la conexión.",
  connectedAgain: "Conectado de nuevo.",
  timeLeft: (time) => `quedan ${time}`,
  oneMinuteLeft: "Queda un minuto.",
  notFound: "Página no encontrada",
  checkAddress: "Compruebe la dirección o",
  seeAllProducts: "vea todos los productos",
  preview: "Vista previa. Solo usted ve esta página y en ella no se puede comprar nada.",
  days: (days) => `${days} d`,

  /* Lists and products */
  onSale: "A la venta",
  noProducts: "Todavía no hay productos.",
  endedSales: "Ventas finalizadas",
  moreProducts: "Más productos",
  from: (price) => `Desde ${price}`,
  left: (qty) => plural(qty, { one: "Queda #", many: "Quedan #", other: "Quedan #" }),
  inStock: "Disponible",
  fewLeft: "Quedan pocas",
  opensIn: (time) => `Abre en ${time}`,
  opensAt: (time) => `Abre: ${time}`,
  saleStates: {
    open: "A la venta",
    all_held: "Todo reservado",
    sold_out: "Agotado",
    scheduled: "Muy pronto",
    paused: "En pausa",
    closed: "Terminada",
  },
  presale: "Preventa",
  variantStates: {
    all_held: "Todo reservado",
    sold_out: "Agotado",
    not_for_sale: "No está a la venta",
    missing: "No disponible",
  },
  optionIs: (option, value) => `${option}: ${value}`,
  product: (id) => `Producto ${id}`,
  variant: (id) => `Variante ${id}`,
  units,
  pictures: "Imágenes",
  showPicture: (number: number, all: number) => `Mostrar la imagen ${number} de ${all}`,
  opens: "Apertura",
  closes: "Cierre",
  total: "Total",
  limitPerOrder: "Máximo por pedido",
  limitPerCustomer: "Máximo por cliente",
  seconds: (seconds) => plural(seconds, { one: "# segundo", many: "# de segundos", other: "# segundos" }),
  minutes: (minutes) => plural(minutes, { one: "# minuto", many: "# de minutos", other: "# minutos" }),
  untilTime: (time) => `para la apertura: ${time}`,
  ofLeft: (stock) => `de ${count(stock)} disponibles`,
  ofReserved: (stock) => `de ${count(stock)} reservadas`,
  ofReservedUntil: (stock, time) => `de ${count(stock)} reservadas, la primera hasta las ${time}`,
  sold: (qty) => plural(qty, { one: "# vendida", many: "# vendidas", other: "# vendidas" }),
  reserved: (qty) => plural(qty, { one: "# reservada", many: "# reservadas", other: "# reservadas" }),

  /* Reserving */
  buy: "Comprar",
  reserve: "Reservar",
  reserving: "Reservando…",
  tryAgain: "Intentar de nuevo",
  reservesFor: (duration) => `Reservado durante ${duration}, se paga en el paso siguiente.`,
  reservesWithoutPaying: (duration) => `Reservado durante ${duration}. Todavía no se paga nada.`,
  youPayNext: "Se paga en el paso siguiente.",
  reservingNeedsScripts: "Para reservar se necesita JavaScript.",
  quantity: "Cantidad",
  quantityOf: (name) => `Cantidad de ${name}`,
  decrease: "Reducir la cantidad",
  decreaseOf: (name) => `Reducir la cantidad de ${name}`,
  increase: "Aumentar la cantidad",
  increaseOf: (name) => `Aumentar la cantidad de ${name}`,
  chooseUpTo: (qty) => `Elija hasta ${units(qty)} en total`,
  chooseSeveral: "Elegir varias",
  chooseFirst: "Elija primero",
  chooseOption: (option) => `Elija: ${option}`,
  chooseOne: "Elija una opción",
  customerId: "Su identificación de cliente",
  enterCustomerId: "Escriba su identificación de cliente.",
  customerIdHelp:
    "Hay un límite por cliente. Escriba el dato por el que esta tienda le conoce, por ejemplo su número de cliente.",
  checkOut: "Tramitar el pedido",
  checkingOut: "Tramitando el pedido…",
  cancelReservation: "Cancelar la reserva",
  askCancelReservation:
    "¿Cancelar la reserva? Las unidades quedarán enseguida a disposición de otras personas.",
  yesCancelReservation: "Sí, cancelar la reserva",
  keep: "Conservarla",
  yourReservations: "Sus reservas",
  storesNothing:
    "Este navegador no guarda nada para esta página, como en una ventana privada. Mantenga abierta esta pestaña hasta que haya pagado: al recargar ya no se podría encontrar su reserva.",
  leftToCheckOut: "para tramitar el pedido",

  /* The buyer's situation */
  crowdTrying: "Mucha demanda, intentando de nuevo…",
  noAnswerTrying: "Aún sin respuesta, intentando de nuevo…",
  reservedForYou: (qty) =>
    plural(qty, {
      one: "# unidad reservada para usted",
      many: "# de unidades reservadas para usted",
      other: "# unidades reservadas para usted",
    }),
  headlines: {
    scheduled: "Todavía no está abierta",
    paused: "Venta en pausa",
    over: "Venta terminada",
    sold_out: "Agotado",
    all_held: "Todo reservado",
    on_sale: "Ya a la venta",
    order_unread: "Cargando su pedido…",
    order_missing: "No se ha encontrado el pedido en este navegador",
    wrong_link: "Este enlace no abre el pedido",
    to_pay: "Pendiente de pago",
    needs_details: "Faltan datos",
    payment_under_way: "Confirmando su pago…",
    paid: "Pedido pagado",
    declined: "Pago rechazado",
    cancelled: "Pedido cancelado",
    order_expired: "Pedido caducado",
    late_payment: "Su pago llega tarde",
    money_returning: "Reembolso en curso",
    money_returned: "Pago reembolsado",
    refunded: "Pedido reembolsado",
  },
  explanations: {
    scheduled: "Quédese en esta página: la venta se abre aquí sola, sin recargarla.",
    paused: "La tienda ha puesto la venta en pausa. Quédese en esta página: se actualiza sola.",
    over: "Este producto ya no está a la venta.",
    sold_out: "Todas las unidades están pagadas.",
    all_held:
      "Ahora mismo no hay unidades disponibles. Cuando caduca una reserva, vuelven a estarlo. Quédese en esta página: se actualiza sola.",
    reserving: "Espere, por favor. Un nuevo intento no reserva más unidades.",
    order_missing: "Es posible que el pedido se hiciera en otro navegador o en otro dispositivo.",
    wrong_link:
      "El enlace está incompleto o pertenece a otro pedido. Copie de nuevo el enlace entero, hasta el último carácter.",
    to_pay: "Usted paga directamente a la tienda. Esta página indica cuándo ha llegado su pago.",
    needs_details: "La tienda los necesita antes de que pueda pagar.",
    payment_under_way: "Tarda unos segundos. Puede salir de esta página y volver.",
    paid: "Gracias. Hemos recibido su pago.",
    paid_late: "Gracias. Su pago llegó tarde, pero sus unidades seguían disponibles.",
    declined: "No se ha cobrado nada, y las unidades se han devuelto al inventario.",
    cancelled:
      "Las unidades se han devuelto al inventario. Si todavía llega un pago, se reembolsa automáticamente.",
    order_expired:
      "El pedido no se pagó a tiempo, y las unidades se han devuelto al inventario. Si su pago todavía llega, las recibirá si quedan; si no, se reembolsa automáticamente.",
    late_payment:
      "El plazo de pago ha terminado. Si sus unidades siguen disponibles cuando llegue el pago, son suyas; si no, se reembolsa automáticamente.",
    refunded: "Se ha reembolsado el precio completo.",
  },
  moneyReturning: (amount) =>
    `Su pago llegó demasiado tarde. Se están reembolsando ${amount} automáticamente.`,
  moneyReturned: (amount) => `Su pago llegó demasiado tarde. Se han reembolsado ${amount}.`,

  /* Notices */
  tooFew: (qty) =>
    plural(qty, {
      one: "Solo queda #. Elija menos.",
      many: "Solo quedan #. Elija menos.",
      other: "Solo quedan #. Elija menos.",
    }),
  fewerLeft: "No quedan tantas. Elija menos.",
  missed: "Otras personas fueron más rápidas. No se ha reservado nada para usted.",
  lacking: (reasons) => `Otras personas fueron más rápidas. No se ha reservado nada: ${and(reasons)}.`,
  lackingAll: (name) => `no hay ninguna unidad disponible de ${name}`,
  lackingSome: (name, qty) => `de ${name} solo hay ${units(qty)}`,
  lackingFewer: (name) => `de ${name} quedan menos unidades de las que ha elegido`,
  overLimit: (qty) => `El límite es de ${units(qty)} por pedido.`,
  overLimitOf: (qty, name) => `El límite de ${name} es de ${units(qty)} por pedido.`,
  variantDisabled: (name) => `No se ha reservado nada: ${name} ya no está a la venta.`,
  customerLimitReached: "Ha alcanzado el límite por cliente.",
  customerLimit: (qty) => `Puede reservar ${units(qty)} más: hay un límite por cliente.`,
  /* Confirming a mailbox */
  mailbox: {
    title: "Confirme su correo electrónico",
    help: "Este producto se vende a direcciones de correo confirmadas, y los límites cuentan por cada buzón. Confirme la suya antes de que empiece la venta: recibirá un código por correo.",
    send: "Enviarme un código",
    sent: (email) =>
      `Si ${email} puede recibir un código, ya está en camino. Es válido durante 10 minutos. Mire también en el correo no deseado.`,
    code: "Código de seis cifras",
    confirm: "Confirmar",
    other: "Usar otra dirección o pedir otro código",
    confirmedAs: (email) => `Está confirmado como ${email}.`,
    change: "Usar otra dirección",
    wrongCode: "Este código no es válido. Compruébelo o pida uno nuevo.",
    elsewhere:
      "Esta tienda tiene un control de seguridad que solo se muestra en su propia página. Confirme allí su dirección y compre allí.",
    goThere: "Ir a la página de la tienda",
    failed: {
      too_often: "Han llegado demasiadas solicitudes desde su red. Inténtelo de nuevo en unos minutos.",
      no_answer: "La tienda no ha respondido. Inténtelo de nuevo.",
      off: "Esta tienda no puede enviar códigos en este momento. Pregunte a la tienda.",
      challenge: "La comprobación no ha funcionado. Inténtelo de nuevo.",
    },
  },
  notices: {
    mailbox_required: "Confirme primero su correo electrónico y luego reserve.",
    customer_token_required:
      "Solo pueden comprar este producto los clientes que han iniciado sesión en la tienda. Inicie sesión allí y abra el producto desde la tienda.",
    customer_token_invalid:
      "Su sesión en la tienda ya no es válida aquí. Inicie sesión de nuevo en la tienda y abra el producto desde allí.",
    too_many_open:
      "Se han reservado demasiadas unidades sin pagarlas, desde su red o con su cuenta. Inténtelo de nuevo en unos minutos.",
    variant_required: "Este producto se vende ahora por variantes. Elija una.",
    crowd: "Sigue habiendo mucha demanda. Inténtelo de nuevo: no se reservan más unidades.",
    no_answer: "La tienda no ha respondido. Inténtelo de nuevo: no se reservan más unidades.",
    check_details: "La tienda no ha aceptado sus datos. Corrija los campos marcados.",
    wrong_link:
      "El enlace que ha abierto está incompleto o pertenece a otro pedido. Este navegador ha podido abrir el pedido sin él.",
    details_erased:
      "La tienda ha borrado los datos de este pedido y no admite otros nuevos. Consulte a la tienda o cancele el pedido.",
    hold_expired: "Su reserva ha caducado, y las unidades se han devuelto al inventario.",
    hold_expired_details_kept:
      "Su reserva ha caducado, y las unidades se han devuelto al inventario. Lo que ha escrito se conserva en esta pestaña.",
    hold_released: "Reserva cancelada. Las unidades se han devuelto al inventario.",
    price_changed: "El precio ha cambiado desde que eligió. Paga el total que se muestra aquí.",
    ordered: "Tiene un pedido de este producto.",
  },
  refused: () => "La tienda ha rechazado la solicitud. Recargue la página e inténtelo de nuevo.",
  goToOrder: (orderId) => `Ir al pedido ${orderId}`,
  lackSome: (name, qty) => `De ${name} solo hay ${units(qty)}. Elija menos.`,
  lackHeld: (name) =>
    `Todas las unidades de ${name} están reservadas. Cuando caduca una reserva, vuelven a estar disponibles: quédese en esta página.`,
  lackSold: (name) => `${name}: agotado.`,
  lackNotForSale: (name) => `${name} ya no está a la venta.`,
  availableAgain: (names) => `De nuevo a la venta: ${and(names)}.`,

  /* An order */
  order: (orderId) => `Pedido ${orderId}`,
  reference: "Referencia",
  findByEmail: "Buscar mi pedido por correo electrónico",
  orderNeedsScripts: "Para mostrar su pedido se necesita JavaScript.",
  leftToPay: "para pagar",
  paidAt: "Pagado:",
  payNow: (amount) => `Comprar y pagar ${amount}`,
  paying: "Pagando…",
  openingPayment: "Abriendo el pago…",
  notTaken:
    "El pago no se ha realizado y no se ha cobrado nada. Inténtelo de nuevo o elija otra forma de pago.",
  formNotLoaded:
    "No se ha podido cargar el formulario de pago. Permita que esta página cargue js.stripe.com e inténtelo de nuevo.",
  cancelOrder: "Cancelar el pedido",
  askCancelOrder: "¿Cancelar el pedido? Las unidades quedarán enseguida a disposición de otras personas.",
  yesCancelOrder: "Sí, cancelar el pedido",
  backToProduct: "Volver al producto",
  backTo: (host) => `Volver a ${host}`,
  detailsLacking: "La tienda todavía necesita algunos datos y se pondrá en contacto con usted.",
  isSent: "La tienda envía su pedido a la dirección que figura abajo.",
  refundedAmount: (amount) => `Reembolsado: ${amount}`,
  isReceipt: "Esta página es su recibo.",
  printReceipt: "Imprimir el recibo",
  questions: "¿Preguntas?",
  getHelp: "Obtener ayuda",
  otherDevice: "Abrir en otro dispositivo",
  otherDeviceHelp: "Quien tenga este enlace puede ver y cambiar el pedido. No caduca.",
  qrCode: "Código QR del enlace a este pedido",
  linkToOrder: "Enlace a este pedido",
  copyLink: "Copiar el enlace",
  linkCopied: "Enlace copiado.",
  copySelected: "Copie el enlace seleccionado.",

  /* Finding orders */
  yourOrders: "Sus pedidos",
  noOrdersHere: "No se ha hecho ningún pedido en este navegador.",
  orderedElsewhere: "¿Pidió en otro navegador?",
  findOrder: "Buscar mi pedido",
  findHelp:
    "Escriba la dirección de correo electrónico con la que hizo el pedido. La tienda le enviará un enlace a cada uno de sus pedidos.",
  sendLink: "Enviarme el enlace",
  sending: "Enviando…",
  findingNeedsScripts: "Para buscar un pedido se necesita JavaScript.",
  found: {
    accepted:
      "Si hay un pedido con esta dirección de correo electrónico, le llegará un mensaje con el enlace. Mire también en la carpeta de correo no deseado.",
    too_often: "Demasiadas solicitudes. Inténtelo más tarde.",
    no_answer: "La tienda no ha respondido. Inténtelo de nuevo.",
    no_mail:
      "Esta tienda no envía correos. Abra el pedido en el navegador en el que lo hizo o pregunte a la tienda.",
    refused: "La tienda no puede enviar correos a esta dirección. Compruebe que esté bien escrita.",
  },

  form: esForm,
  access: esAccess,
}
