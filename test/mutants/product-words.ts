import type { Mutant } from "./mutants.ts"

const wholeWay = { file: "test/e2e/product-words.test.ts", test: "from the page to the mail" }

/** Bugs in the words of options and variants, and in the direction of prices. */
export const productWordMutants: readonly Mutant[] = [
  {
    name: "words: a mail has those of another language than the order's",
    edits: [
      {
        file: "src/mail/compose.ts",
        find: "const words = wordsIn(order.content, tag)",
        replace: "const words = Object.values(order.content.translations)[0]?.words",
      },
    ],
    caughtBy: { file: "test/mail/message.test.ts", test: "are those of the order's language" },
  },
  {
    name: "words: the page of an order asks for those of another language",
    edits: [
      {
        file: "web/storefront/order-page-model.ts",
        find: "client.products.content(productId, language.tag, {",
        replace: "client.products.content(productId, data.shop.languages[1], {",
      },
    ],
    caughtBy: wholeWay,
  },
  {
    name: "words: the page of an order has the product's name in its language, and its variants as the shop wrote them",
    edits: [
      {
        file: "web/storefront/order-page-model.ts",
        find: "texts === null ? own : productIn(own, texts)",
        replace: "texts === null ? own : { ...productIn(own, texts), variants: own.variants ?? [] }",
      },
    ],
    caughtBy: wholeWay,
  },
  {
    name: "words: the page of an order cannot read those of an archived product",
    edits: [
      {
        file: "web/storefront/order-page-model.ts",
        find: "client.products.content(productId, language.tag, { token: token() })",
        replace: "client.products.content(productId, language.tag)",
      },
    ],
    caughtBy: { file: "test/e2e/product-words.test.ts", test: "when the shop has archived the product" },
  },
  {
    name: "words: a live update has the product's own",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "{ name, description, ...data.content }",
        replace: "{ name, description }",
      },
    ],
    caughtBy: wholeWay,
  },
  {
    name: "words: the page's first HTML has the product's own",
    edits: [
      {
        file: "src/http/routes/buyers/product-pages.ts",
        find: "product: inWords(shown, words),",
        replace: "product: inWords(shown, undefined),",
      },
    ],
    caughtBy: {
      file: "test/http/product-content.test.ts",
      test: "are stored by language, and shown in it alone",
    },
  },
  {
    name: "words: the members that every object has count as words",
    edits: [
      {
        file: "client/src/words.ts",
        find: "Object.hasOwn(words, text) ? words[text] : undefined",
        replace: "words[text]",
      },
    ],
    caughtBy: { file: "test/client/words.test.ts", test: "in German" },
  },
  {
    name: "words: the description of a picture is translated part by part",
    edits: [
      {
        file: "client/src/words.ts",
        find: "return (words && ownWord(words, alt)) ?? alt",
        replace: "return wordIn(words, alt)",
      },
    ],
    caughtBy: {
      file: "test/http/product-content.test.ts",
      test: "translated by the words of a language, each as a whole",
    },
  },
  {
    name: "words: a name of several parts is not translated",
    edits: [
      {
        file: "client/src/words.ts",
        find: ".map((part) => ownWord(words, part) ?? part)",
        replace: ".map((part) => part)",
      },
    ],
    caughtBy: { file: "test/client/words.test.ts", test: "in German" },
  },
  {
    name: "words: an empty dictionary makes another content",
    edits: [
      {
        file: "src/wire/product-content.ts",
        find: "words === null || Object.keys(words).length === 0 ? null",
        replace: "words === null ? null",
      },
    ],
    caughtBy: { file: "test/http/product-content.test.ts", test: "none are as if there had never been any" },
  },
  {
    name: "words: the name of a variant counts as one that is not used",
    edits: [
      {
        file: "src/domain/product-content.ts",
        find: "new Set([...wordsOf(content, variants), ...variants.map(({ name }) => name)])",
        replace: "new Set(wordsOf(content, variants))",
      },
    ],
    caughtBy: { file: "test/domain/product-words.test.ts", test: "that the product does not use are named" },
  },
  {
    name: "prices: the sign of the dollar moves to the other side of its letters in Arabic",
    edits: [
      {
        file: "src/base/price-direction.ts",
        find: "`${LEFT_TO_RIGHT}${letters}${END}`",
        replace: "letters",
      },
    ],
    caughtBy: { file: "test/base/price-direction.test.ts", test: "is isolated in Arabic" },
  },
]
