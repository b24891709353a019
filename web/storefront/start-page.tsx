// First: it takes the owner token out of the address bar.
import { firstArrival } from "./arrived-token.ts"
import { signal } from "@preact/signals"
import { hydrate } from "preact"
import "../shared/base.css"
import "./own-pages.css"
import "./storefront.css"
import "./pages.css"
import { readerZone } from "../shared/dates.ts"
import { LANGUAGE_COOKIE, type PageData } from "../shared/page-data.ts"
import type { Language } from "./language.ts"
import { staticModel, type LivePageModel } from "./page-model.ts"
import { createProductListModel } from "./product-list-model.ts"
import { createOrderPageModel } from "./order-page-model.ts"
import { ownPage } from "./own-page.ts"
import { createProductPageModel } from "./product-page-model.ts"
import { StorefrontPage } from "./storefront-page.tsx"

/** Takes over the page that the server has rendered in this language. */
export function startPage(language: Language): void {
  const page = document.querySelector("#page")
  const text = document.querySelector("#page-data")?.textContent
  if (page === null || text === undefined || text === null) return
  const data = JSON.parse(text) as PageData
  if (data.offer !== undefined) rememberChoice(language.tag)
  const chosen = { ...language, isChosen: data.offer !== undefined }
  const { model, start } = modelOf(data, chosen)
  hydrate(<StorefrontPage data={data} language={chosen} model={model} />, page)
  start()
}

const ONE_YEAR_SECONDS = 31_536_000

/** Remembers the language that the address asks for. The server reads it, so it is a cookie, and it names nobody. */
function rememberChoice(tag: string): void {
  if (new URLSearchParams(location.search).get("lang") !== tag) return
  const secure = location.protocol === "https:" ? "; secure" : ""
  document.cookie = `${LANGUAGE_COOKIE}=${tag}; path=/; max-age=${ONE_YEAR_SECONDS}; samesite=lax${secure}`
}

/** A page that looks as if it were at work, in the reader's time zone, and sends nothing. */
function previewModel(data: PageData): LivePageModel {
  const zone = signal<string | null>(null)
  return { model: { ...staticModel(data), zone }, start: () => void (zone.value = readerZone()) }
}

function modelOf(data: PageData, language: Language): LivePageModel {
  switch (data.kind) {
    case "products":
      return createProductListModel(data)
    case "product":
      if (data.preview !== undefined) return previewModel(data)
      return createProductPageModel(data, language, ownPage)
    case "order":
      return createOrderPageModel(data, firstArrival, language)
    case "find":
    case "orders":
    case "missing":
      return { model: staticModel(data), start: () => undefined }
  }
}
