import { hydrate } from "preact"
import "../shared/base.css"
import "./storefront.css"
import type { PageData } from "../shared/page-data.ts"
import { stillDesk, type LivingDesk } from "./desk.ts"
import { createListDesk } from "./list-desk.ts"
import { createOrderDesk } from "./order-desk.ts"
import { createProductDesk } from "./product-desk.ts"
import { StorefrontPage } from "./storefront-page.tsx"

const page = document.querySelector("#page")
const text = document.querySelector("#page-data")?.textContent
if (page !== null && text !== undefined && text !== null) {
  const data = JSON.parse(text) as PageData
  const { desk, start } = deskOf(data)
  hydrate(<StorefrontPage data={data} desk={desk} />, page)
  start()
}

function deskOf(data: PageData): LivingDesk {
  switch (data.kind) {
    case "products":
      return createListDesk(data)
    case "product":
      return createProductDesk(data)
    case "order":
      return createOrderDesk(data)
    case "missing":
      return { desk: stillDesk(data), start: () => undefined }
  }
}
