import type { LanguageTag } from "../../client/src/languages.ts"

/** The words with which pages and mails lead to the shop's own pages and to help. */
interface ShopWords {
  /** Before the address for help. */
  readonly questions: string
  readonly links: Readonly<Record<"imprint" | "privacy" | "terms" | "returns" | "accessibility", string>>
}

/** The words by language, for the foot of every page and mail. */
export const shopWords: Readonly<Record<LanguageTag, ShopWords>> = {
  en: {
    questions: "Questions?",
    links: {
      imprint: "Imprint",
      privacy: "Privacy",
      terms: "Terms",
      returns: "Returns",
      accessibility: "Accessibility",
    },
  },
  de: {
    questions: "Fragen?",
    links: {
      imprint: "Impressum",
      privacy: "Datenschutz",
      terms: "AGB",
      returns: "Widerruf & Rückgabe",
      accessibility: "Barrierefreiheit",
    },
  },
  fr: {
    questions: "Des questions ?",
    links: {
      imprint: "Mentions légales",
      privacy: "Confidentialité",
      terms: "Conditions générales",
      returns: "Retours",
      accessibility: "Accessibilité",
    },
  },
  es: {
    questions: "¿Preguntas?",
    links: {
      imprint: "Aviso legal",
      privacy: "Privacidad",
      terms: "Condiciones",
      returns: "Devoluciones",
      accessibility: "Accesibilidad",
    },
  },
  ja: {
    questions: "お問い合わせ：",
    links: {
      imprint: "運営者情報",
      privacy: "プライバシー",
      terms: "利用規約",
      returns: "返品",
      accessibility: "アクセシビリティ",
    },
  },
  ar: {
    questions: "هل لديك أسئلة؟",
    links: {
      imprint: "معلومات قانونية",
      privacy: "الخصوصية",
      terms: "الشروط",
      returns: "الإرجاع",
      accessibility: "إمكانية الوصول",
    },
  },
}
