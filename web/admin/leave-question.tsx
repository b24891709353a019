import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { Dialog } from "./dialog.tsx"
import { hasUnsaved, leaveFor } from "./unsaved.ts"

/** Asks before a link leads away from input that is not saved. The browser asks when the page is left in another way. */
export function LeaveQuestion() {
  const href = useSignal<string | null>(null)
  useEffect(() => {
    function ask(event: MouseEvent): void {
      const link = linkOf(event)
      if (link === null || !hasUnsaved()) return
      event.preventDefault()
      href.value = link.href
    }
    document.addEventListener("click", ask)
    return () => document.removeEventListener("click", ask)
  }, [])
  const wanted = href.value
  if (wanted === null) return null
  return (
    <Dialog
      title="Leave without saving?"
      action="Leave"
      danger
      run={() => Promise.resolve(leaveFor(wanted))}
      close={() => void (href.value = null)}
    >
      <p>What you entered on this page is not saved.</p>
    </Dialog>
  )
}

/** The link that a click leads to in this window; null: none. */
function linkOf(event: MouseEvent): HTMLAnchorElement | null {
  const isOther = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
  if (event.defaultPrevented || event.button !== 0 || isOther || !(event.target instanceof Element))
    return null
  const link = event.target.closest<HTMLAnchorElement>("a[href]")
  return link === null || link.target !== "" || link.hasAttribute("download") ? null : link
}
