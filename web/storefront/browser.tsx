// First: it takes the owner token out of the address bar.
import { firstToken } from "./arrived-token.ts"
import { hydrate } from "preact"
import "../shared/base.css"
import "./storefront.css"
import type { PageData } from "../shared/page-data.ts"
import { staticModel, type LivePageModel } from "./page-model.ts"
import { createProductListModel } from "./product-list-model.ts"
import { createOrderPageModel } from "./order-page-model.ts"
import { createProductPageModel } from "./product-page-model.ts"
import { StorefrontPage } from "./storefront-page.tsx"

const page = document.querySelector("#page")
const text = document.querySelector("#page-data")?.textContent
if (page !== null && text !== undefined && text !== null) {
  const data = JSON.parse(text) as PageData
  const { model, start } = modelOf(data)
  hydrate(<StorefrontPage data={data} model={model} />, page)
  start()
}

function modelOf(data: PageData): LivePageModel {
  switch (data.kind) {
    case "products":
      return createProductListModel(data)
    case "product":
      return createProductPageModel(data)
    case "order":
      return createOrderPageModel(data, firstToken)
    case "find":
    case "missing":
      return { model: staticModel(data), start: () => undefined }
  }
}
