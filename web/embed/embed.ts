import { DoorbusterBuy } from "./buy-element.tsx"
import { nameParts } from "./parts.ts"

// A page may load the script twice, such as by two of its own modules.
if (customElements.get("doorbuster-buy") === undefined) {
  nameParts()
  customElements.define("doorbuster-buy", DoorbusterBuy)
}
