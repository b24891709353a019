import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import type { Notice, Stage } from "./buyer-view.ts"
import { explanationOf, headlineOf, noticeText } from "./texts.ts"

interface HeadlineProps {
  readonly stage: Stage
  readonly currency: string
  readonly paysHere: boolean
}

/** Where the buyer stands, in a line and perhaps a second one. */
export function Headline({ stage, currency, paysHere }: HeadlineProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const wasHere = useRef(false)
  useEffect(() => {
    const remember = ({ target }: Event) => {
      const counter = heading.current?.closest(".counter")
      wasHere.current = target instanceof Node && counter?.contains(target) === true
    }
    const happenings = ["focusin", "pointerdown"]
    for (const name of happenings) document.addEventListener(name, remember)
    return () => {
      for (const name of happenings) document.removeEventListener(name, remember)
    }
  }, [])
  // Whoever pressed a button that is gone goes on from here instead of from the top of the page.
  useLayoutEffect(() => {
    if (wasHere.current && document.activeElement === document.body) heading.current?.focus()
  }, [stage.kind])
  const explanation = explanationOf(stage, currency, paysHere)
  return (
    <div class="headline">
      <h2 ref={heading} tabIndex={-1}>
        {headlineOf(stage)}
      </h2>
      {explanation !== null && <p class="muted">{explanation}</p>}
    </div>
  )
}

interface NoticeLineProps {
  readonly notice: Notice | null
  /** What the buyer has ordered here, to go to. */
  readonly orderId?: number | null
}

/** Why what was asked for was not done, or what has ended. */
export function NoticeLine({ notice, orderId = null }: NoticeLineProps) {
  if (notice === null) return null
  return (
    <p class={`notice ${notice.code}`}>
      {noticeText(notice)}
      {orderId !== null && (
        <>
          {" "}
          <a href={`/o/${orderId}`}>Go to order {orderId}</a>
        </>
      )}
    </p>
  )
}

/** Whether what is shown may be old. */
export function Offline({ isOffline }: { readonly isOffline: boolean }) {
  return isOffline ? (
    <p class="notice offline">No connection. What you see may be old; this page goes on by itself.</p>
  ) : null
}
