import { renderToString } from "preact-render-to-string"
import type { PageAssets, PageData } from "./shared/page-data.ts"
import { staticModel } from "./storefront/page-model.ts"
import { StorefrontPage, titleOf } from "./storefront/storefront-page.tsx"

export { renderAdminPage } from "./admin/document.tsx"

/** Renders a document of the storefront, which can be read without scripts. */
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
        {/* Data, not a script: the content security policy forbids inline scripts. */}
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

/** JSON that cannot close the script element around it. */
function jsonForHtml(data: PageData): string {
  return JSON.stringify(data).replaceAll("<", String.raw`\u003c`)
}
