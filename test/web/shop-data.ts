import type { ShopData } from "../../web/shared/page-data.ts"

/** What pages know of a shop that has set nothing. */
export const plainShop: ShopData = {
  name: "Doorbuster",
  support: null,
  accent: null,
  links: { imprint: null, privacy: null, terms: null, returns: null, accessibility: null },
  logo: null,
  icon: null,
  languages: null,
}

const ownPage = (name: string) => `https://www.aurora-supply.example/pages/legal/${name}`

/** What pages know of a shop that has set everything. */
export const wholeShop: ShopData = {
  name: "Aurora Supply",
  support: "help@aurora-supply.example",
  accent: "#0b5fff",
  links: {
    imprint: ownPage("imprint"),
    privacy: ownPage("privacy"),
    terms: ownPage("terms"),
    returns: ownPage("returns"),
    accessibility: ownPage("accessibility"),
  },
  logo: { url: ownPage("logo.svg"), alt: "Aurora Supply" },
  icon: ownPage("icon.png"),
  languages: ["en", "de", "fr", "es", "ja", "ar"],
}
