import type { ComponentChildren } from "preact"

interface MainActionProps {
  /** What the buyer has to know before the next press; null: nothing. */
  readonly notice?: ComponentChildren
  /** The button. */
  readonly children: ComponentChildren
  /** A line below the button; null: its place stays free, so that the button does not move. */
  readonly hint: string | null
}

/**
 * The one button of a step. It has the same place and size in every step, so that nothing else comes under a thumb that taps
 * once too often: on a phone at the lower end of the window, on a desk at the lower end of its part of the page.
 */
export function MainAction({ notice, children, hint }: MainActionProps) {
  return (
    <div class="main-action">
      {notice}
      {children}
      <p class="small muted hint">{hint}</p>
    </div>
  )
}
