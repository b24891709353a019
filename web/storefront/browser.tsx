import { hydrate } from "preact"
import "../shared/base.css"
import "./storefront.css"
import type { PageData } from "../shared/page-data.ts"
import { StorefrontPage } from "./storefront-page.tsx"

const page = document.querySelector("#page")
const text = document.querySelector("#page-data")?.textContent
if (page !== null && text !== undefined && text !== null) {
  hydrate(<StorefrontPage data={JSON.parse(text) as PageData} />, page)
}
