import { useSignal, useSignalEffect } from "@preact/signals"
import { useRef } from "preact/hooks"
import type { BuyerView } from "./buyer-view.ts"
import type { PageModel } from "./page-model.ts"
import { useLanguage } from "./page-language.ts"
import { announcementOf } from "./texts.ts"

/** A live region that announces changes to screen readers. */
export function Announcer({ model }: { readonly model: PageModel }) {
  const language = useLanguage()
  const before = useRef<BuyerView>(null)
  const said = useSignal("")
  useSignalEffect(() => {
    const view = model.view.value
    const text = before.current === null ? null : announcementOf(language, before.current, view)
    before.current = view
    if (text !== null) said.value = text
  })
  return (
    <p class="visually-hidden" role="status">
      {said.value}
    </p>
  )
}
