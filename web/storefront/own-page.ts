import { asksDetails } from "./asked-details.ts"
import { loadDetailsForm } from "./details-part.tsx"
import { storage } from "./browser-storage.ts"
import { choiceInDocument } from "./hold-requests.ts"
import type { ModelPlace } from "./product-page-model.ts"

/** The storefront's own page of a product. */
export const ownPage: ModelPlace = {
  baseUrl: "",
  earlyChoice: choiceInDocument,
  firstQty: 1,
  // The form is ready before the sale opens, when everyone asks for everything.
  prepare(product) {
    if (asksDetails(product)) loadDetailsForm()
  },
  // Where nothing is stored, the next page gets the token as from a link, and takes it out of the address. Until then the
  // page stays busy: it has the button for the next reservation where the one that led here was.
  goOn(orderId, token) {
    location.assign(`/o/${orderId}${storage.isKept() ? "" : `#${token}`}`)
    return new Promise((resolve) => {
      addEventListener("pageshow", () => resolve(), { once: true })
      setTimeout(resolve, LEAVES_WITHIN_MS)
    })
  },
}

/** A page that is still there after this time could not be left. */
const LEAVES_WITHIN_MS = 15_000
