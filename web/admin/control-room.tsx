import { ActionsScreen } from "./actions-screen.tsx"
import { explain } from "./api.ts"
import { LaterScreen } from "./later-screen.tsx"
import { LeaveQuestion } from "./leave-question.tsx"
import { MoneyScreen } from "./money-screen.tsx"
import { ProductsScreen } from "./products-screen.tsx"
import { SaleScreen } from "./sale-screen.tsx"
import { SearchScreen } from "./search-screen.tsx"
import { hasUnsaved, leaveFor } from "./unsaved.ts"
import { WebhooksScreen } from "./webhooks-screen.tsx"

const screens = [
  ["/admin", "Products"],
  ["/admin/money", "Money inbox"],
  ["/admin/search", "Orders and holds"],
  ["/admin/webhooks", "Webhooks"],
  ["/admin/actions", "Activity"],
  ["/admin/shop", "Shop"],
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
      <LeaveQuestion />
    </>
  )
}

/** The value of `aria-current`. The screens of a product count as part of the list of products, an order's as a search. */
function currentOf(href: string, pathname: string): "page" | "true" | undefined {
  if (href === pathname) return "page"
  const part = /^\/admin\/(p\/|new$|orders\/)/.exec(pathname)?.[1]
  if (part === undefined) return undefined
  return href === (part === "orders/" ? "/admin/search" : "/admin") ? "true" : undefined
}

function screenAt(pathname: string) {
  const [, id, part] = /^\/admin\/p\/(\d{1,16})(\/edit|\/variants|\/content)?$/.exec(pathname) ?? []
  if (id !== undefined) {
    const productId = Number(id)
    if (part === "/edit") return <LaterScreen load={productForm} props={{ productId }} />
    if (part === "/content") return <LaterScreen load={contentScreen} props={{ productId }} />
    return part === "/variants" ? (
      <LaterScreen load={variantsScreen} props={{ productId }} />
    ) : (
      <SaleScreen productId={productId} />
    )
  }
  const [, orderId] = /^\/admin\/orders\/(\d{1,16})$/.exec(pathname) ?? []
  if (orderId !== undefined) return <LaterScreen load={orderScreen} props={{ orderId: Number(orderId) }} />
  switch (pathname) {
    case "/admin":
      return <ProductsScreen />
    case "/admin/new":
      return <LaterScreen load={productForm} props={{ productId: null }} />
    case "/admin/money":
      return <MoneyScreen />
    case "/admin/search":
      return <SearchScreen />
    case "/admin/webhooks":
      return <WebhooksScreen />
    case "/admin/shop":
      return <LaterScreen load={shopScreen} props={{}} />
    case "/admin/actions":
      return <ActionsScreen />
    default:
      return <h1>Page not found</h1>
  }
}

const productForm = async () => (await import("./product-form.tsx")).ProductFormScreen
const contentScreen = async () => (await import("./content-screen.tsx")).ContentScreen
const variantsScreen = async () => (await import("./variants-screen.tsx")).VariantsScreen
const shopScreen = async () => (await import("./shop-screen.tsx")).ShopScreen
const orderScreen = async () => (await import("./order-screen.tsx")).OrderScreen

async function signOut(): Promise<void> {
  // Before the session ends: a form that stayed open could not be saved any more.
  if (hasUnsaved() && !confirm("What you entered on this page is not saved. Sign out?")) return
  try {
    await fetch("/admin/session", { method: "DELETE" })
    leaveFor("/admin")
  } catch (error) {
    alert(`Signing out failed: ${explain(error)}`)
  }
}
