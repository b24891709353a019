import type { Mutant } from "./mutants.ts"

const choice = "test/http/languages.test.ts"
const words = "test/web/words.test.ts"

/** Bugs in the choice of a language, and in its words. */
export const languageMutants: readonly Mutant[] = [
  {
    name: "languages: the browser's languages in the order in which they stand, whatever their quality",
    edits: [
      {
        file: "src/site/language-choice.ts",
        find: '{ headers: { "accept-language": header } }',
        replace: '{ headers: { "accept-language": header.replaceAll(/;[^,]*/g, "") } }',
      },
    ],
    caughtBy: { file: choice, test: "quality 0 means never" },
  },
  {
    name: "languages: the earlier choice before the address",
    edits: [
      {
        file: "src/site/language-choice.ts",
        find: "    offeredOf(wish.asked, offered) ??\n    offeredOf(cookieValue(wish.cookie), offered) ??\n",
        replace:
          "    offeredOf(cookieValue(wish.cookie), offered) ??\n    offeredOf(wish.asked, offered) ??\n",
      },
    ],
    caughtBy: { file: choice, test: "the address decides" },
  },
  {
    name: "languages: a language that the shop does not offer",
    edits: [
      {
        file: "src/site/language-choice.ts",
        find: "known !== null && offered.includes(known) ? known : null",
        replace: "known",
      },
    ],
    caughtBy: { file: choice, test: "an earlier choice that is no longer offered" },
  },
  {
    name: "languages: one remembered page for all languages",
    edits: [
      {
        file: "src/http/routes/buyers/storefront-pages.ts",
        find: "made.get(tag) ?? pagesIn(",
        replace: "[...made.values()][0] ?? pagesIn(",
      },
    ],
    caughtBy: { file: choice, test: "a page that is remembered is remembered for each language" },
  },
  {
    name: "languages: one tag for the pages of all languages",
    edits: [
      {
        file: "src/http/routes/buyers/storefront-pages.ts",
        find: "keyOf([pages.build, publicUrl, tag, face, challenge])",
        replace: "keyOf([pages.build, publicUrl, face, challenge])",
      },
    ],
    caughtBy: { file: choice, test: "a page that is remembered is remembered for each language" },
  },
  {
    name: "languages: Arabic is counted as English is",
    edits: [
      {
        file: "client/src/languages.ts",
        find: "const rules = new Intl.PluralRules(locale)",
        replace: 'const rules = new Intl.PluralRules("en")',
      },
    ],
    caughtBy: { file: words, test: "units are counted as the speakers of" },
  },
  {
    name: "languages: a German text without its number",
    edits: [
      {
        file: "web/storefront/words/de.ts",
        find: "Nur noch ${count(qty)} verfügbar.",
        replace: "Nur noch wenige verfügbar.",
      },
    ],
    caughtBy: { file: words, test: "every text names what it is about" },
  },
  {
    name: "mail: every mail in the shop's own language",
    edits: [
      {
        file: "src/mail/compose.ts",
        find: "mailLanguage(content.order.language, ",
        replace: "mailLanguage(null, ",
      },
    ],
    caughtBy: { file: "test/mail/languages.test.ts", test: "gets a mail in" },
  },
  {
    name: "orders: the buyer's language is not stored",
    edits: [
      {
        file: "src/store/batch/save-orders.ts",
        find: '  language: ["text", (order) => order.language],\n',
        replace: '  language: ["text", () => null],\n',
      },
    ],
    caughtBy: { file: choice, test: "an order keeps the buyer's language" },
  },
]
