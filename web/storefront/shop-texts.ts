import type { LanguageTag } from "../../client/src/languages.ts"

/** The words of the shop's frame around every page. Only the server renders them, so no browser loads them. */
export interface ShopTexts {
  readonly footer: string
  readonly supportPage: string
  readonly listDescription: (shop: string) => string
  readonly productDescription: (product: string, price: string, shop: string) => string
}

/** The words of the frame, by language. */
export const shopTexts: Readonly<Record<LanguageTag, ShopTexts>> = {
  en: {
    footer: "About this shop",
    supportPage: "Get help",
    listDescription: (shop) => `On sale at ${shop}, while stocks last.`,
    productDescription: (product, price, shop) => `${product}, ${price}, at ${shop}.`,
  },
  de: {
    footer: "Über diesen Shop",
    supportPage: "Hilfe",
    listDescription: (shop) => `Im Verkauf bei ${shop}, solange der Vorrat reicht.`,
    productDescription: (product, price, shop) => `${product}, ${price}, bei ${shop}.`,
  },
  fr: {
    footer: "À propos de cette boutique",
    supportPage: "Obtenir de l’aide",
    listDescription: (shop) => `En vente chez ${shop}, dans la limite des stocks disponibles.`,
    productDescription: (product, price, shop) => `${product}, ${price}, chez ${shop}.`,
  },
  es: {
    footer: "Sobre esta tienda",
    supportPage: "Obtener ayuda",
    listDescription: (shop) => `A la venta en ${shop}, hasta agotar existencias.`,
    productDescription: (product, price, shop) => `${product}, ${price}, en ${shop}.`,
  },
  ja: {
    footer: "このショップについて",
    supportPage: "ヘルプ",
    listDescription: (shop) => `${shop}で販売中。なくなり次第終了します。`,
    productDescription: (product, price, shop) => `${product}、${price}、${shop}。`,
  },
  ar: {
    footer: "عن هذا المتجر",
    supportPage: "الحصول على المساعدة",
    listDescription: (shop) => `معروض للبيع لدى ${shop} حتى نفاد الكمية.`,
    productDescription: (product, price, shop) => `${product}، ${price}، لدى ${shop}.`,
  },
}
