import { ActionsScreen } from "./actions-screen.tsx"
import { explain } from "./api.ts"
import { LaterScreen } from "./later-screen.tsx"
import { LeaveQuestion } from "./leave-question.tsx"
import type { Role } from "../../client/src/admin.ts"
import { MoneyScreen } from "./money-screen.tsx"
import { may } from "./own-role.ts"
import { ProductsScreen } from "./products-screen.tsx"
import { SaleScreen } from "./sale-screen.tsx"
import { SearchScreen } from "./search-screen.tsx"
import { hasUnsaved, leaveFor } from "./unsaved.ts"
import { WebhooksScreen } from "./webhooks-screen.tsx"

const screens = [
  ["/admin", "Products", "viewer"],
  ["/admin/money", "Money inbox", "support"],
  ["/admin/search", "Orders and holds", "support"],
  ["/admin/webhooks", "Webhooks", "owner"],
  ["/admin/actions", "Activity", "viewer"],
  ["/admin/shop", "Shop", "owner"],
  ["/admin/operators", "Operators", "owner"],
] as const

/** The screens that are in no list, each with the role that it needs. */
const others = [
  [/^\/admin\/(?:new|p\/\d+\/(?!codes$)\w+)$/, "manager"],
  [/^\/admin\/orders\//, "support"],
] as const

interface ControlRoomProps {
  readonly isOpenMode: boolean
  /** The name of the signed-in operator; null: ADMIN_TOKEN, or open mode. */
  readonly operator: string | null
}

/** The control room. Each screen has an address of its own, so that a reload shows the same screen. */
export function ControlRoom({ isOpenMode, operator }: ControlRoomProps) {
  const { pathname } = location
  const needed =
    screens.find(([href]) => href === pathname)?.[2] ??
    others.find(([pattern]) => pattern.test(pathname))?.[1] ??
    "viewer"
  return (
    <>
      <header class="bar">
        <nav aria-label="Control room">
          <ul>
            {screens
              .filter(([, , role]) => may(role))
              .map(([href, name]) => (
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
          <div class="buttons">
            {operator !== null && (
              <>
                <span class="muted small">{operator}</span>
                <button type="button" class="button" onClick={() => void signOut("/admin/sessions")}>
                  Sign out everywhere
                </button>
              </>
            )}
            <button type="button" class="button" onClick={() => void signOut("/admin/session")}>
              Sign out
            </button>
          </div>
        )}
      </header>
      <main>{may(needed) ? screenAt(pathname) : <NotAllowed role={needed} />}</main>
      <LeaveQuestion />
    </>
  )
}

function NotAllowed({ role }: { readonly role: Role }) {
  return (
    <>
      <h1>Not for your role</h1>
      <p>This page needs the role {role}. Ask an owner of the shop.</p>
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
  const [, id, part] = /^\/admin\/p\/(\d{1,16})(\/edit|\/variants|\/content|\/codes)?$/.exec(pathname) ?? []
  if (id !== undefined) {
    const productId = Number(id)
    if (part === "/edit") return <LaterScreen load={productForm} props={{ productId }} />
    if (part === "/content") return <LaterScreen load={contentScreen} props={{ productId }} />
    if (part === "/codes") return <LaterScreen load={codesScreen} props={{ productId }} />
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
    case "/admin/operators":
      return <LaterScreen load={operatorsScreen} props={{}} />
    case "/admin/actions":
      return <ActionsScreen />
    default:
      return <h1>Page not found</h1>
  }
}

const productForm = async () => (await import("./product-form.tsx")).ProductFormScreen
const contentScreen = async () => (await import("./content-screen.tsx")).ContentScreen
const variantsScreen = async () => (await import("./variants-screen.tsx")).VariantsScreen
const codesScreen = async () => (await import("./access-codes-screen.tsx")).AccessCodesScreen
const shopScreen = async () => (await import("./shop-screen.tsx")).ShopScreen
const operatorsScreen = async () => (await import("./operators-screen.tsx")).OperatorsScreen
const orderScreen = async () => (await import("./order-screen.tsx")).OrderScreen

async function signOut(path: string): Promise<void> {
  // Before the session ends: a form that stayed open could not be saved any more.
  if (hasUnsaved() && !confirm("What you entered on this page is not saved. Sign out?")) return
  try {
    const answer = await fetch(path, { method: "DELETE" })
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    leaveFor("/admin")
  } catch (error) {
    alert(`Signing out failed: ${explain(error)}`)
  }
}
