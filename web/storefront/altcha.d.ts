/** The widget's words of a language, which it finds under the language's own name. */
declare module "altcha/i18n/*"
