import type { AdminPage } from "./admin-page.ts"

type Refusal = Extract<AdminPage, { kind: "sign_in" }>["refusal"]

const refusals = {
  unauthorized: "Wrong token.",
  rate_limited: "Too many wrong tokens from your network. Try again in a minute.",
} as const

/** Asks for an operator's token, or the admin token. A plain form that works without scripts. */
export function SignIn({ to, refusal }: { readonly to: string; readonly refusal: Refusal }) {
  return (
    <main class="sign-in">
      <h1>Control room</h1>
      <form method="post" action="/admin/session">
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          class="field"
          type="password"
          autocomplete="current-password"
          required
          aria-invalid={refusal === "unauthorized" ? true : undefined}
          aria-describedby={refusal === null ? undefined : "refusal"}
        />
        {refusal !== null && (
          <p class="refusal" id="refusal" role="alert">
            {refusals[refusal]}
          </p>
        )}
        <input type="hidden" name="to" value={to} />
        <button type="submit" class="button primary">
          Sign in
        </button>
      </form>
      <p class="muted small">
        Your own token, or the value of the server’s ADMIN_TOKEN setting. You stay signed in for 12 hours.
      </p>
    </main>
  )
}
