import { renderToString } from "preact-render-to-string"
import type { PageAssets } from "../shared/page-data.ts"
import type { AdminPage } from "./admin-page.ts"
import { SignIn } from "./sign-in.tsx"

/** Renders a document of the control room: the sign-in form, or an empty page that the browser's script fills. */
export function renderAdminPage(page: AdminPage, { script, styles }: PageAssets): string {
  const document = renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{page.kind === "sign_in" ? "Sign in · Doorbuster" : "Control room · Doorbuster"}</title>
        {styles.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
        {page.kind === "control_room" && <script type="module" src={script} />}
      </head>
      <body>
        {page.kind === "sign_in" ? (
          <SignIn to={page.to} refusal={page.refusal} />
        ) : (
          <div
            id="control-room"
            data-mode={page.mode}
            data-role={page.role}
            data-mails={page.readsMails ? "read" : undefined}
            data-operator={page.operator ?? undefined}
          >
            <noscript>The control room needs JavaScript.</noscript>
          </div>
        )}
      </body>
    </html>,
  )
  return `<!doctype html>${document}`
}
