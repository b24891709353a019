import { renderToString } from "preact-render-to-string"
import type { PageAssets, PageData, ShopSign, WholePageData } from "./shared/page-data.ts"
import { languages, languageTags, type LanguageTag } from "../client/src/languages.ts"
import { languageOf, type Language } from "./storefront/language.ts"
import { staticModel } from "./storefront/page-model.ts"
import { PageHead } from "./storefront/page-head.tsx"
import { ShopFooter } from "./storefront/shop-frame.tsx"
import { StorefrontPage } from "./storefront/storefront-page.tsx"
import { catalogues } from "./storefront/words/catalogues.ts"

export { renderAdminPage } from "./admin/document.tsx"
export { iconOf } from "./shared/page-data.ts"

const all = new Map<LanguageTag, Language>(languageTags.map((tag) => [tag, languageOf(tag, catalogues[tag])]))

/** Renders a document of the storefront, which can be read without scripts. */
export function renderPage(
  data: WholePageData,
  { script, preloads, styles }: PageAssets,
  { tag, publicUrl }: { readonly tag: LanguageTag; readonly publicUrl: string | null },
): string {
  const language = all.get(tag)
  if (language === undefined) throw new Error(`there are no words for the language ${tag}`)
  const { direction } = languages[tag]
  const document = renderToString(
    <html lang={tag} dir={direction === "ltr" ? undefined : direction}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {styles.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
        {/* After the styles, whose colour it replaces. */}
        <PageHead data={data} language={language} publicUrl={publicUrl} />
        <script type="module" src={script} />
        {preloads.map((href) => (
          <link key={href} rel="modulepreload" href={href} />
        ))}
      </head>
      <body>
        <div id="page">
          <StorefrontPage data={data} language={language} model={staticModel(data)} />
        </div>
        <ShopFooter shop={data.shop} tag={tag} />
        {/* Data, not a script: the content security policy forbids inline scripts. */}
        <script
          type="application/json"
          id="page-data"
          dangerouslySetInnerHTML={{ __html: jsonForHtml({ ...data, shop: signOf(data) }) }}
        />
      </body>
    </html>,
  )
  return `<!doctype html>${document}`
}

/** Without what only the server renders. */
function signOf({ shop, kind }: WholePageData): ShopSign {
  const { name, logo, languages, support } = shop
  return { name, logo, languages, ...(kind === "order" && { support }) }
}

/** JSON that cannot close the script element around it. */
function jsonForHtml(data: PageData): string {
  return JSON.stringify(data).replaceAll("<", String.raw`\u003c`)
}
