import { useEffect, useState } from "preact/hooks"
import { ActionsScreen } from "./actions-screen.tsx"
import { explain } from "./api.ts"
import { MoneyScreen } from "./money-screen.tsx"
import { Failure } from "./pager.tsx"
import { ProductFormScreen } from "./product-form.tsx"
import { ProductsScreen } from "./products-screen.tsx"
import { SaleScreen } from "./sale-screen.tsx"
import { SearchScreen } from "./search-screen.tsx"
import type { VariantsScreen } from "./variants-screen.tsx"
import { WebhooksScreen } from "./webhooks-screen.tsx"

const screens = [
  ["/admin", "Products"],
  ["/admin/money", "Money inbox"],
  ["/admin/search", "Orders and holds"],
  ["/admin/webhooks", "Webhooks"],
  ["/admin/actions", "Activity"],
] as const

/** The control room. Each screen has an address of its own, so that a reload shows the same screen. */
export function ControlRoom({ isOpenMode }: { readonly isOpenMode: boolean }) {
  const { pathname } = location
  return (
    <>
      <header class="bar">
        <nav aria-label="Control room">
          <ul>
            {screens.map(([href, name]) => (
              <li key={href}>
                <a href={href} aria-current={currentOf(href, pathname)}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {isOpenMode ? (
          <span class="muted small">Open mode: no sign-in required</span>
        ) : (
          <button type="button" class="button" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </header>
      <main>{screenAt(pathname)}</main>
    </>
  )
}

/** The value of `aria-current`. The screens of a product count as part of the list of products. */
function currentOf(href: string, pathname: string): "page" | "true" | undefined {
  if (href === pathname) return "page"
  return href === "/admin" && /^\/admin\/(?:p\/|new$)/.test(pathname) ? "true" : undefined
}

function screenAt(pathname: string) {
  const [, id, part] = /^\/admin\/p\/(\d{1,16})(\/edit|\/variants)?$/.exec(pathname) ?? []
  if (id !== undefined) {
    const productId = Number(id)
    if (part === "/edit") return <ProductFormScreen productId={productId} />
    return part === "/variants" ? (
      <LaterVariantsScreen productId={productId} />
    ) : (
      <SaleScreen productId={productId} />
    )
  }
  switch (pathname) {
    case "/admin":
      return <ProductsScreen />
    case "/admin/new":
      return <ProductFormScreen productId={null} />
    case "/admin/money":
      return <MoneyScreen />
    case "/admin/search":
      return <SearchScreen />
    case "/admin/webhooks":
      return <WebhooksScreen />
    case "/admin/actions":
      return <ActionsScreen />
    default:
      return <h1>Page not found</h1>
  }
}

/** Loaded on demand, because only few visits of the control room need it. */
function LaterVariantsScreen({ productId }: { readonly productId: number }) {
  const [Screen, setScreen] = useState<typeof VariantsScreen | null>(null)
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    import("./variants-screen.tsx").then(
      (loaded) => setScreen(() => loaded.VariantsScreen),
      () => setMissing(true),
    )
  }, [])
  if (Screen !== null) return <Screen productId={productId} />
  return isMissing ? (
    <Failure text="This screen could not be loaded. Reload the page." />
  ) : (
    <p class="muted">Loading…</p>
  )
}

async function signOut(): Promise<void> {
  try {
    await fetch("/admin/session", { method: "DELETE" })
    location.assign("/admin")
  } catch (error) {
    alert(`Signing out failed: ${explain(error)}`)
  }
}
