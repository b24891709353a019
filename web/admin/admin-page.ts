import type { Role } from "../../client/src/admin.ts"
import type { PageAssets } from "../shared/page-data.ts"

/** A page below `/admin`. It contains no data: the browser asks the API. */
export type AdminPage =
  /**
   * `mode`: in open mode operators do not sign in or out. `readsMails`: mails are not sent, and can be read at
   * `/simulator/mail`. `operator`: the name of the one who is signed in; null: ADMIN_TOKEN.
   */
  | {
      readonly kind: "control_room"
      readonly mode: "open" | "closed"
      readonly readsMails: boolean
      readonly role: Role
      readonly operator: string | null
    }
  /** `to`: the page to open after signing in. */
  | {
      readonly kind: "sign_in"
      readonly to: string
      readonly refusal: "unauthorized" | "rate_limited" | null
    }

/** Renders a whole document. */
export type RenderAdminPage = (page: AdminPage, assets: PageAssets) => string
