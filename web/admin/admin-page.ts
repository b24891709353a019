import type { PageAssets } from "../shared/page-data.ts"

/** What is shown below `/admin`. No data is in it: the browser asks the API. */
export type AdminPage =
  /** `open`: nobody signs in, and nobody can sign out. */
  | { readonly kind: "control_room"; readonly mode: "open" | "closed" }
  /** `to`: where to go on after it. */
  | {
      readonly kind: "sign_in"
      readonly to: string
      readonly refusal: "unauthorized" | "rate_limited" | null
    }

/** Renders a whole document. */
export type RenderAdminPage = (page: AdminPage, assets: PageAssets) => string
