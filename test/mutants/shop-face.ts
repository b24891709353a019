import type { Mutant } from "./mutants.ts"

const http = "test/http/shop-settings.test.ts"
const memory = "src/store/reads/shop-memory.ts"

/** Bugs in what the shop says about itself, and in how pages show it. */
export const shopFaceMutants: readonly Mutant[] = [
  {
    name: "shop: a process never looks for changes by another one",
    edits: [{ file: memory, find: "const MEMORY_MS = 2_000", replace: "const MEMORY_MS = Infinity" }],
    caughtBy: { file: http, test: "another process has changed" },
  },
  {
    name: "shop: a read that began before a write of this process undoes it in memory",
    edits: [{ file: memory, find: "writes === before ||", replace: "writes >= before ||" }],
    caughtBy: { file: "test/store/shop-memory.test.ts", test: "what this process writes during a read" },
  },
  {
    name: "shop: without a database pages have no shop",
    edits: [{ file: memory, find: "        .catch(() => last)\n", replace: "" }],
    caughtBy: { file: "test/store/shop-memory.test.ts", test: "while the database fails" },
  },
  {
    name: "shop: If-Match is not looked at",
    edits: [
      {
        file: "src/http/routes/admin/shop/change-shop.ts",
        find: "(settings) => expected === undefined ||",
        replace: "(settings) => expected !== shopVersion(settings) ||",
      },
    ],
    caughtBy: { file: http, test: "have an ETag" },
  },
  {
    name: "shop: two changes at once do not take turns",
    edits: [
      {
        file: "src/store/reads/shop-settings.ts",
        find: "        from shop\n         for update",
        replace: "        from shop",
      },
    ],
    caughtBy: { file: http, test: "many change at once" },
  },
  {
    name: "shop: the colour of text is looked at on one ground only",
    edits: [
      {
        file: "src/base/accent.ts",
        find: "if (grounds.every((ground) => contrastOf(shade",
        replace: "if (grounds.some((ground) => contrastOf(shade",
      },
    ],
    caughtBy: { file: "test/base/accent.test.ts", test: "every colour can be read" },
  },
  {
    name: "shop: a browser keeps a product's page although the shop has changed",
    edits: [
      {
        file: "src/http/routes/buyers/storefront-pages.ts",
        find: "keyOf([pages.build, publicUrl, tag, face, challenge])",
        replace: "keyOf([pages.build, publicUrl, tag, challenge])",
      },
    ],
    caughtBy: { file: "test/http/shop-pages.test.ts", test: "as soon as they are set" },
  },
  {
    name: "shop: search engines may list an order's page",
    edits: [
      {
        file: "src/http/routes/buyers/order-pages.ts",
        find: "reply.headers({ ...headers, ...unindexed,",
        replace: "reply.headers({ ...headers,",
      },
    ],
    caughtBy: { file: "test/http/shop-pages.test.ts", test: "is not listed" },
  },
  {
    name: "shop: any sign is drawn as the letter of an icon",
    edits: [
      {
        file: "src/http/routes/buyers/site-files.ts",
        find: "/^[\\p{L}\\p{N}]$/u.test(letter)",
        replace: 'letter !== ""',
      },
    ],
    caughtBy: { file: "test/http/shop-pages.test.ts", test: "draw the letter" },
  },
  {
    name: "shop: a mail's button keeps the text colour of another surface",
    edits: [{ file: "src/mail/shop-footer.ts", find: "color: ${ink} }", replace: "color: #fff }" }],
    caughtBy: { file: "test/mail/message.test.ts", test: "on buttons whose text can be read" },
  },
  {
    name: "control room: a contrast that is just too low is shown as one that is enough",
    edits: [
      { file: "web/admin/shop-values.ts", find: "Math.floor(ratio * 10)", replace: "Math.round(ratio * 10)" },
    ],
    caughtBy: { file: "test/web/shop-values.test.ts", test: "is rounded down" },
  },
  {
    name: "simulator: the pay page forgets the language of its address when a button is pressed",
    edits: [
      {
        file: "src/simulator/pay-form.ts",
        find: 'const lang = knownLanguage(queryOf(request).get("lang") ?? "")',
        replace: 'const lang = knownLanguage("")',
      },
    ],
    caughtBy: { file: "test/simulator/pay-page.test.ts", test: "stays in it" },
  },
  {
    name: "simulator: a shop's name is put into the pay page as HTML",
    edits: [{ file: "src/simulator/pay-frame.ts", find: "<bdi>${escaped(name)}", replace: "<bdi>${name}" }],
    caughtBy: { file: "test/http/simulator.test.ts", test: "in the shop's frame and languages" },
  },
  {
    name: "pages: a word that is longer than a phone is wide makes the page wider",
    edits: [
      {
        file: "web/storefront/own-pages.css",
        find: "var(--space-8);\n  overflow-wrap: anywhere;",
        replace: "var(--space-8);",
      },
    ],
    caughtBy: { file: "test/e2e/every-page.test.ts", test: "cuts nothing, overlaps nowhere" },
  },
  {
    name: "pages: a page in Arabic runs from left to right",
    edits: [
      {
        file: "web/server.tsx",
        find: 'dir={direction === "ltr" ? undefined : direction}',
        replace: "dir={undefined}",
      },
    ],
    caughtBy: { file: "test/http/languages.test.ts", test: "in the reader's language" },
  },
  {
    name: "control room: a form is left with input that is not saved",
    edits: [
      {
        file: "web/admin/unsaved.ts",
        find: "saved.current !== null && inputIn(form.current) !== saved.current",
        replace: "false",
      },
    ],
    caughtBy: { file: "test/e2e/admin-unsaved.test.ts", test: "loses them only after Leave" },
  },
  {
    name: "control room: what is typed while a form is being saved counts as saved",
    edits: [
      {
        file: "web/admin/unsaved.ts",
        find: "return () => void (saved.current = sent)",
        replace: "return () => void (saved.current = inputIn(form.current), sent)",
      },
    ],
    caughtBy: { file: "test/e2e/admin-unsaved.test.ts", test: "while it is being saved" },
  },
  {
    name: "pages: after Reserve the contact form stays below a phone's window",
    edits: [
      {
        file: "web/storefront/held-units.tsx",
        find: "useEffect(() => showForm(timeLeft.current), [])",
        replace: "useEffect(() => undefined, [])",
      },
    ],
    caughtBy: { file: "test/e2e/details.test.ts", test: "sees the first field after Reserve" },
  },
]
