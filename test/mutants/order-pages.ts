import type { Mutant } from "./mutants.ts"

const page = "test/e2e/order-link.test.ts"
const details = "test/e2e/details.test.ts"

/** Bugs in what the pages of an order promise about its owner token and the buyer's details. */
export const orderPageMutants: readonly Mutant[] = [
  {
    name: "pages: the owner token stays in the address bar",
    edits: [
      {
        file: "web/storefront/arrived-token.ts",
        find: '  history.replaceState(history.state, "", location.pathname + location.search)\n',
        replace: "",
      },
    ],
    caughtBy: { file: page, test: "the token leaves the address bar" },
  },
  {
    name: "pages: the owner token leaves the address bar after the order was asked for",
    edits: [
      {
        file: "web/storefront/arrived-token.ts",
        find: '  history.replaceState(history.state, "", location.pathname + location.search)\n',
        replace:
          '  setTimeout(() => history.replaceState(history.state, "", location.pathname + location.search), 2_000)\n',
      },
    ],
    caughtBy: { file: page, test: "the token leaves the address bar" },
  },
  {
    name: "pages: the QR code is asked of the server, with the link in the address",
    edits: [
      {
        file: "web/storefront/other-device.tsx",
        find: "<QrCode text={link} label={words.qrCode} />",
        replace:
          '<><QrCode text={link} label={words.qrCode} /><img alt="" src={`/qr?text=${encodeURIComponent(link)}`} /></>',
      },
    ],
    caughtBy: { file: page, test: "no request's address has the token" },
  },
  {
    name: "pages: a foreign link takes the access away that the browser has",
    edits: [
      {
        file: "web/storefront/order-access.ts",
        find: "    storage.saveLinkToken(orderId, token)\n",
        replace:
          "    storage.saveLinkToken(orderId, token)\n    storage.saveOrder(orderId, { token, payment: null })\n",
      },
    ],
    caughtBy: { file: page, test: "keeps the access there is" },
  },
  {
    name: "pages: what was typed is lost with a reload",
    edits: [
      {
        file: "web/storefront/details-form.tsx",
        find: "      storage.saveDraft(props.draftName, stored.value)\n",
        replace: "",
      },
    ],
    caughtBy: { file: details, test: "finds what was typed" },
  },
  {
    name: "pages: consent is carried over to the next order",
    edits: [
      {
        file: "web/storefront/product-page-model.ts",
        find: "      storage.finishDraft(draftName(id))\n",
        replace: "",
      },
    ],
    caughtBy: { file: details, test: "finds what was typed" },
  },
  {
    name: "pages: the server's reasons are not shown at their fields",
    edits: [
      {
        file: "web/storefront/details-form.tsx",
        find: "  const reasons = reasonsIn(errors)\n",
        replace: "  const reasons = reasonsIn([])\n",
      },
    ],
    caughtBy: { file: details, test: "reads the server's refusal at its field" },
  },
  {
    name: "pages: every product loads the form for details",
    edits: [
      {
        file: "web/storefront/own-page.ts",
        find: "    if (asksDetails(product)) loadDetailsForm()\n",
        replace: "    loadDetailsForm()\n",
      },
    ],
    caughtBy: { file: details, test: "loads no form and is asked nothing" },
  },
  {
    name: "pages: the receipt leaves out the shop's reference",
    edits: [
      {
        file: "web/storefront/order-page.tsx",
        find: "isLoaded && order.reference !== undefined && (",
        replace: "isLoaded && order.reference === null && (",
      },
    ],
    caughtBy: { file: page, test: "shows the shop's own reference" },
  },
]
