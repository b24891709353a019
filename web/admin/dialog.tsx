import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { explain } from "./api.ts"
import { isReadable } from "./field.tsx"

export interface DialogProps {
  readonly title: string
  /** The consequences. */
  readonly children: ComponentChildren
  /** The text of the button, a verb: "Pause the sale", never "OK". */
  readonly action: string
  /** True: the action cannot be undone, or it keeps buyers from buying. */
  readonly danger?: boolean
  /** True: the first field gets the focus, because the dialog is a form that may be taller than the window. */
  readonly isForm?: boolean
  /** Performs the action. If it throws, the dialog shows the error and stays open. */
  readonly run: () => Promise<unknown>
  readonly close: () => void
}

/**
 * Asks for confirmation before an action. "Go back" has the focus, so that an accidental Enter does nothing; in a form
 * the first field has it.
 */
export function Dialog({ title, children, action, danger, isForm = false, run, close }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const failure = useSignal<string | null>(null)
  const isBusy = useSignal(false)
  useEffect(() => element.current?.showModal(), [])

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (isBusy.value || !isReadable(event)) return
    isBusy.value = true
    failure.value = null
    try {
      await run()
      // Closing gives the focus back to the button that opened the dialog, and then calls `close`.
      if (element.current === null) close()
      else element.current.close()
    } catch (error) {
      failure.value = explain(error)
    } finally {
      isBusy.value = false
    }
  }

  return (
    <dialog ref={element} aria-labelledby="dialog-title" onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="dialog-title">{title}</h2>
        <div class="consequence">{children}</div>
        {failure.value !== null && (
          <p class="refusal" role="alert">
            {failure.value}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" autofocus={!isForm} onClick={() => element.current?.close()}>
            Go back
          </button>
          <button
            type="submit"
            class={danger === true ? "button danger" : "button primary"}
            disabled={isBusy.value}
          >
            {action}
          </button>
        </div>
      </form>
    </dialog>
  )
}
