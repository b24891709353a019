import { textTools } from "../../../client/src/languages.ts"
import type { MailWords } from "./en.ts"

const { plural } = textTools("es")

/** The words of mails in Spanish. */
export const es: MailWords = {
  subject: (subject, shop) => `${subject} – ${shop}`,
  hello: (name) => `Hola, ${name}:`,
  orderWith: (id, goods, sentence) => `Pedido ${id}, ${goods}: ${sentence}`,
  seeOrder: "Ver su pedido",
  seeOrderNumber: (id) => `Ver el pedido ${id}`,
  linkNote: "Quien tenga este enlace puede ver y cambiar el pedido. No lo comparta.",
  receiptSubject: (id) => `Recibo del pedido ${id}`,
  receiptHeading: "Gracias por su pedido",
  receiptText: (id) => `El pedido ${id} está pagado. Este es su recibo.`,
  total: "Total",
  shippingAddress: "Dirección de envío",
  refundSubject: (amount, id) => `Reembolso de ${amount} del pedido ${id}`,
  refundHeading: (amount) => `Hemos reembolsado ${amount}`,
  refundNote: "El dinero puede tardar unos días en llegarle.",
  refundReasons: {
    whole: "la tienda ha reembolsado el precio.",
    part: "la tienda ha reembolsado una parte del precio.",
    second_payment: "ya estaba pagado, por lo que se ha reembolsado el segundo pago.",
    amount_too_high: "se pagó más que el precio, por lo que se ha reembolsado la diferencia.",
    amount_too_low: "se pagó menos que el precio, por lo que se ha reembolsado el pago.",
    wrong_currency: "el pago era en otra moneda, por lo que se ha reembolsado.",
    paid_too_late: "el pago llegó demasiado tarde, por lo que se ha reembolsado.",
    sale_over: "el pago llegó después del final de la venta, por lo que se ha reembolsado.",
    customer_limit_reached:
      "el pago llegó tarde y se había alcanzado el límite por cliente, por lo que se ha reembolsado.",
    access_code_used_up:
      "el pago llegó tarde y el código de acceso estaba agotado, por lo que se ha reembolsado.",
    sold_out: "el pago llegó tarde y el producto estaba agotado, por lo que se ha reembolsado.",
    units_not_available:
      "el pago llegó tarde y el producto ya no estaba disponible, por lo que se ha reembolsado.",
  },
  cancelledSubject: (id) => `El pedido ${id} está cancelado`,
  cancelledHeading: "Su pedido está cancelado",
  cancelledText: (id, goods) => `La tienda ha cancelado el pedido ${id}, ${goods}.`,
  cancelledNote: "No tiene que pagarlo. Si ya lo ha pagado, su pago se reembolsa automáticamente.",
  linksSubject: (orders) =>
    plural(orders, {
      one: "El enlace a su pedido",
      many: "Los enlaces a sus pedidos",
      other: "Los enlaces a sus pedidos",
    }),
  linksHeading: (orders) => plural(orders, { one: "Su pedido", many: "Sus pedidos", other: "Sus pedidos" }),
  linksText: "Estos son los enlaces a los pedidos hechos con esta dirección de correo electrónico.",
  linksNote:
    "Quien tenga estos enlaces puede ver y cambiar los pedidos. No los comparta. Si no ha pedido este mensaje, ignórelo.",
  codeSubject: (code) => `${code} es su código`,
  codeHeading: "Su código",
  codeText: "Introduzca este código en la página donde lo ha pedido:",
  codeMinutes: (minutes) => `Es válido durante ${minutes} minutos y una sola vez.`,
  codeNote: "No dé el código a nadie. Si no lo ha pedido, ignore este correo: sin el código no ocurre nada.",
  optionIs: (option, value) => `${option}: ${value}`,
  orderStatus: (id, status) => `Pedido ${id}, ${status}`,
  statuses: {
    pending_payment: "todavía sin pagar",
    paid: "pagado",
    cancelled: "cancelado",
    expired: "caducado",
    refunded: "reembolsado",
  },
}
