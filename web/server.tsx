import { renderToString } from "preact-render-to-string"
import type { PageAssets, PageData } from "./shared/page-data.ts"
import { staticModel } from "./storefront/page-model.ts"
import { StorefrontPage, titleOf } from "./storefront/storefront-page.tsx"

export { renderAdminPage } from "./admin/document.tsx"

/** A whole document of the storefront, useful before any script has run. */
export function renderPage(data: PageData, { script, styles }: PageAssets): string {
  const document = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{titleOf(data)}</title>
        {styles.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
        <script type="module" src={script} />
      </head>
      <body>
        <div id="page">
          <StorefrontPage data={data} model={staticModel(data)} />
        </div>
        {/* Data, which no browser runs: the policy lets no script stand in a page. */}
        <script
          type="application/json"
          id="page-data"
          dangerouslySetInnerHTML={{ __html: jsonForHtml(data) }}
        />
      </body>
    </html>,
  )
  return `<!doctype html>${document}`
}

/** JSON in which nothing can end the element that it stands in. */
function jsonForHtml(data: PageData): string {
  return JSON.stringify(data).replaceAll("<", String.raw`\u003c`)
}
