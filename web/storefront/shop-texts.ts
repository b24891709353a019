import type { LanguageTag } from "../../client/src/languages.ts"
import type { ShopData } from "../shared/page-data.ts"

/** The words of the shop's frame around every page. Only the server renders them, so no browser loads them. */
export interface ShopTexts {
  readonly footer: string
  readonly support: string
  readonly supportPage: string
  readonly listDescription: (shop: string) => string
  readonly productDescription: (product: string, price: string, shop: string) => string
  readonly links: Readonly<Record<keyof ShopData["links"], string>>
}

/** The words of the frame, by language. */
export const shopTexts: Readonly<Record<LanguageTag, ShopTexts>> = {
  en: {
    footer: "About this shop",
    support: "Questions?",
    supportPage: "Get help",
    listDescription: (shop) => `On sale at ${shop}, while stocks last.`,
    productDescription: (product, price, shop) => `${product}, ${price}, at ${shop}.`,
    links: {
      imprint: "Imprint",
      privacy: "Privacy",
      terms: "Terms",
      returns: "Returns",
      accessibility: "Accessibility",
    },
  },
  de: {
    footer: "Über diesen Shop",
    support: "Fragen?",
    supportPage: "Hilfe",
    listDescription: (shop) => `Im Verkauf bei ${shop}, solange der Vorrat reicht.`,
    productDescription: (product, price, shop) => `${product}, ${price}, bei ${shop}.`,
    links: {
      imprint: "Impressum",
      privacy: "Datenschutz",
      terms: "AGB",
      returns: "Rückgabe",
      accessibility: "Barrierefreiheit",
    },
  },
  fr: {
    footer: "À propos de cette boutique",
    support: "Des questions ?",
    supportPage: "Obtenir de l’aide",
    listDescription: (shop) => `En vente chez ${shop}, dans la limite des stocks disponibles.`,
    productDescription: (product, price, shop) => `${product}, ${price}, chez ${shop}.`,
    links: {
      imprint: "Mentions légales",
      privacy: "Confidentialité",
      terms: "Conditions générales",
      returns: "Retours",
      accessibility: "Accessibilité",
    },
  },
  es: {
    footer: "Sobre esta tienda",
    support: "¿Preguntas?",
    supportPage: "Obtener ayuda",
    listDescription: (shop) => `A la venta en ${shop}, hasta agotar existencias.`,
    productDescription: (product, price, shop) => `${product}, ${price}, en ${shop}.`,
    links: {
      imprint: "Aviso legal",
      privacy: "Privacidad",
      terms: "Condiciones",
      returns: "Devoluciones",
      accessibility: "Accesibilidad",
    },
  },
  ja: {
    footer: "このショップについて",
    support: "お問い合わせ：",
    supportPage: "ヘルプ",
    listDescription: (shop) => `${shop}で販売中。なくなり次第終了します。`,
    productDescription: (product, price, shop) => `${product}、${price}、${shop}。`,
    links: {
      imprint: "運営者情報",
      privacy: "プライバシー",
      terms: "利用規約",
      returns: "返品",
      accessibility: "アクセシビリティ",
    },
  },
  ar: {
    footer: "عن هذا المتجر",
    support: "هل لديك أسئلة؟",
    supportPage: "الحصول على المساعدة",
    listDescription: (shop) => `معروض للبيع لدى ${shop} حتى نفاد الكمية.`,
    productDescription: (product, price, shop) => `${product}، ${price}، لدى ${shop}.`,
    links: {
      imprint: "معلومات قانونية",
      privacy: "الخصوصية",
      terms: "الشروط",
      returns: "الإرجاع",
      accessibility: "إمكانية الوصول",
    },
  },
}
