import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks"
import type { Notice, Stage } from "./buyer-view.ts"
import { OrderAddress } from "./order-address.ts"
import { useLanguage } from "./page-language.ts"
import { explanationOf, headlineOf, noticeText } from "./texts.ts"

interface HeadlineProps {
  readonly stage: Stage
  readonly currency: string
  readonly paysHere: boolean
}

/** The buyer's situation: a headline and, for most situations, an explanation. */
export function Headline({ stage, currency, paysHere }: HeadlineProps) {
  const language = useLanguage()
  const heading = useRef<HTMLHeadingElement>(null)
  const hadFocus = useRef(false)
  useEffect(() => {
    const remember = (event: Event) => {
      // The path, because a panel in a shadow tree is not the target outside of it.
      const [target] = event.composedPath()
      const panel = heading.current?.closest(".status-panel")
      hadFocus.current = target instanceof Node && panel?.contains(target) === true
    }
    const eventNames = ["focusin", "pointerdown"]
    for (const name of eventNames) document.addEventListener(name, remember)
    return () => {
      for (const name of eventNames) document.removeEventListener(name, remember)
    }
  }, [])
  // If the pressed button has disappeared, the focus moves to the headline instead of the top of the page.
  useLayoutEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) heading.current?.focus()
  }, [stage.kind])
  const explanation = explanationOf(language, stage, currency, paysHere)
  return (
    <div class="headline">
      <h2 ref={heading} tabIndex={-1}>
        {headlineOf(language, stage)}
      </h2>
      {explanation !== null && <p class="muted">{explanation}</p>}
    </div>
  )
}

interface NoticeLineProps {
  readonly notice: Notice | null
  /** An order of this product, to link to. */
  readonly orderId?: number | null
}

/** A notice: why a request was refused, or that a hold has ended. */
export function NoticeLine({ notice, orderId = null }: NoticeLineProps) {
  const language = useLanguage()
  const addressOf = useContext(OrderAddress)
  if (notice === null) return null
  return (
    <p class={`notice ${notice.code}`}>
      {noticeText(language, notice)}
      {orderId !== null && (
        <>
          {" "}
          <a href={addressOf(orderId)}>{language.words.goToOrder(orderId)}</a>
        </>
      )}
    </p>
  )
}

/** A warning that the page may be out of date. */
export function Offline({ isOffline }: { readonly isOffline: boolean }) {
  const { words } = useLanguage()
  return isOffline ? <p class="notice offline">{words.offline}</p> : null
}
