import type { Mutant } from "./mutants.ts"

const opening = { file: "test/web/buyer-opening.test.ts" }
const storefront = "test/e2e/access-codes.test.ts"
const check = "web/storefront/access-check.ts"

/** Access codes and phases on the pages of buyers and of the shop. */
export const accessPageMutants: readonly Mutant[] = [
  {
    name: "access pages: the page waits for everybody's phase, whatever the buyer has",
    edits: [
      {
        file: "web/storefront/buyer-opening.ts",
        find: "const ownMs = own === null ? Infinity : ownBegin(own)",
        replace: "const ownMs = own === null ? Infinity : Math.max(Infinity, ownBegin(own))",
      },
    ],
    caughtBy: { ...opening, test: "waits for the buyer's phase, not for the sale" },
  },
  {
    name: "access pages: a page without a code offers to reserve in the phase of those who have one",
    edits: [
      {
        file: "web/storefront/buyer-view.ts",
        find: "if (closed !== null) return closed",
        replace: 'if (closed !== null && state !== "open") return closed',
      },
    ],
    caughtBy: { ...opening, test: "waits for the buyer's phase, not for the sale" },
  },
  {
    name: "access pages: a code outlives the end of its phase on the page",
    edits: [
      {
        file: "web/storefront/buyer-opening.ts",
        find: "ends.filter((end) => end > afterMs)",
        replace: "ends.filter((end) => end > Infinity - afterMs)",
      },
    ],
    caughtBy: { ...opening, test: "holds until a phase ends" },
  },
  {
    name: "access pages: the code is not sent with the hold",
    edits: [
      {
        file: "web/storefront/hold-requests.ts",
        find: "...(accessCode !== undefined && { access_code: accessCode }),",
        replace: '...(accessCode === "" && { access_code: accessCode }),',
      },
    ],
    caughtBy: { file: storefront, test: "and the code is spent" },
  },
  {
    name: "access pages: the code of a link stays in the address bar",
    edits: [
      {
        file: "web/storefront/arrived-token.ts",
        find: '!location.pathname.startsWith("/p/")) return null\n  clearHash()',
        replace: '!location.pathname.startsWith("/p/")) return null',
      },
    ],
    caughtBy: { file: storefront, test: "leaves the address bar" },
  },
  {
    name: "access pages: a code without units lets the page count down to its phase",
    edits: [
      { file: check, find: "said === null || unitsLeft === 0", replace: "said === null || unitsLeft === -1" },
    ],
    caughtBy: { file: storefront, test: "one without any lets nobody in" },
  },
  {
    name: "access pages: a form that was not touched sends the phases again",
    edits: [{ file: "web/admin/phase-values.ts", find: "if (isSame) return {}", replace: "" }],
    caughtBy: { file: "test/web/phase-values.test.ts", test: "only when they differ" },
  },
  {
    name: "access pages: the support may press what revokes a code",
    edits: [
      {
        file: "web/admin/access-codes-screen.tsx",
        find: 'current.of.revoked_at === null && may("manager")',
        replace: 'current.of.revoked_at === null && may("support")',
      },
    ],
    caughtBy: { file: "test/e2e/admin-access-codes.test.ts", test: "revokes none" },
  },
  {
    name: "access pages: the code of a link that is pasted into the open tab is not read",
    edits: [
      { file: "web/storefront/own-page.ts", find: "arrived(takeArrivedCode())", replace: "arrived(null)" },
    ],
    caughtBy: { file: storefront, test: "pasted into the open tab is read" },
  },
  {
    name: "access pages: a token that the server has refused stays in the tab",
    edits: [{ file: "web/storefront/product-page-model.ts", find: "place.forgetCustomer()", replace: "" }],
    caughtBy: {
      file: "test/e2e/signed-customers.test.ts",
      test: "forgets a token that the server has refused",
    },
  },
  {
    name: "access pages: the element does not read its access code",
    edits: [
      {
        file: "web/embed/buy-element.tsx",
        find: "accessCode: () => accessCode,",
        replace: 'accessCode: () => (accessCode === "" ? accessCode : null),',
      },
    ],
    caughtBy: { file: "test/e2e/embed.test.ts", test: "sends the access code of its attribute" },
  },
]
