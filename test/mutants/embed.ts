import type { Mutant } from "./mutants.ts"

/** Bugs in the button for pages of other sites. */
export const embedMutants: readonly Mutant[] = [
  {
    name: "embed: in open mode a page that may not ask gets no script that could say so",
    edits: [
      {
        file: "src/http/access/open-mode.ts",
        find: " &&\n      request.routeOptions.config.isForEveryPage !== true",
        replace: "",
      },
    ],
    caughtBy: {
      file: "test/http/embed-files.test.ts",
      test: "the script can be loaded by a page of",
    },
  },
  {
    name: "embed: a hold that was there before the page is told as a new one",
    edits: [
      {
        file: "web/embed/happenings.ts",
        find: 'const restored = before?.view.stage.kind !== "reserving"',
        replace: "const restored = false",
      },
    ],
    caughtBy: {
      file: "test/web/embed.test.ts",
      test: "a hold that was there before the page is told as restored",
    },
  },
  {
    name: "embed: nothing is sold where the browser refuses locks",
    edits: [
      {
        file: "web/storefront/hold-requests.ts",
        find: "    if (hasBegun) throw error\n    await begin()",
        replace: "    throw error",
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "sells where the browser stores nothing" },
  },
  {
    name: "embed: the key of an order is in an address that servers see",
    edits: [
      {
        file: "web/embed/buy-element.tsx",
        find: "&from=${site}#${token}&from=",
        replace: "&from=${site}&key=${token}#&from=",
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "sells: reserved" },
  },
  {
    name: "embed: the page of an order leads back to any site",
    edits: [
      {
        file: "src/http/routes/buyers/order-pages.ts",
        find: "cameFrom !== null && mayLeadTo(cameFrom) && { cameFrom }",
        replace: 'cameFrom !== null && cameFrom !== "null" && { cameFrom, mayLeadTo }',
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "leads back to pages of allowed sites" },
  },
  {
    name: "embed: the path of the page before leads to another site",
    edits: [
      {
        file: "web/storefront/way-back.ts",
        find: "return page?.origin === origin && page.href.startsWith(`${origin}/`) ? page.href : `${origin}/`",
        replace: "return page?.href ?? `${origin}/`",
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "leads back to pages of allowed sites" },
  },
  {
    name: "embed: the address of a shop's order page is a script",
    edits: [
      {
        file: "web/embed/order-page.ts",
        find: '  if (url.protocol !== "https:" && url.protocol !== "http:") return "must begin with https:// or /"\n',
        replace: "",
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "leads to the shop's own page" },
  },
]
