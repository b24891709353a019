import { arrivedCode, customerTokenOfTab, keepPastedCustomer, takeArrivedCode } from "./arrived-token.ts"
import { asksMailbox } from "./asked-customer.ts"
import { asksDetails } from "./asked-details.ts"
import { loadDetailsForm } from "./details-part.tsx"
import { storage } from "./browser-storage.ts"
import { loadMailboxForm } from "./mailbox-part.tsx"
import { choiceInDocument, picksInDocument } from "./hold-requests.ts"
import { leaveFor } from "./leave-for.ts"
import type { ModelPlace } from "./product-page-model.ts"

/** The storefront's own page of a product. */
export const ownPage: ModelPlace = {
  baseUrl: "",
  earlyChoice: choiceInDocument,
  earlyPicks: picksInDocument,
  customerToken: customerTokenOfTab,
  forgetCustomer: () => storage.saveCustomerToken(null),
  accessCode: () => arrivedCode,
  // A link that is pasted into the tab of its product changes the address alone.
  onLink: (arrived) =>
    addEventListener("hashchange", () => {
      keepPastedCustomer()
      arrived(takeArrivedCode())
    }),
  firstQty: 1,
  // The form is ready before the sale opens, when everyone asks for everything.
  prepare(product) {
    if (asksDetails(product)) loadDetailsForm()
    if (asksMailbox(product)) loadMailboxForm()
  },
  // Where nothing is stored, the next page gets the token as from a link, and takes it out of the address.
  goOn: (orderId, token) => leaveFor(`/o/${orderId}${storage.isKept() ? "" : `#${token}`}`),
}
