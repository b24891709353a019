import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"
import { explain } from "./api.ts"

export interface DialogProps {
  readonly title: string
  /** What will happen, and what will not. */
  readonly children: ComponentChildren
  /** Says what it does: "Pause the sale", never "OK". */
  readonly action: string
  /** True: it cannot be taken back, or it stops people from buying. */
  readonly hurts?: boolean
  /** Does it. What is thrown is shown, and the dialog stays. */
  readonly run: () => Promise<unknown>
  readonly close: () => void
}

/** Asks before something is done. The way out has the focus, so that a key too many does nothing. */
export function Dialog({ title, children, action, hurts, run, close }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const failure = useSignal<string | null>(null)
  const isBusy = useSignal(false)
  useEffect(() => element.current?.showModal(), [])

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (isBusy.value) return
    isBusy.value = true
    failure.value = null
    try {
      await run()
      close()
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
          <button type="button" class="button" autofocus onClick={() => element.current?.close()}>
            Go back
          </button>
          <button
            type="submit"
            class={hurts === true ? "button hurts" : "button primary"}
            disabled={isBusy.value}
          >
            {action}
          </button>
        </div>
      </form>
    </dialog>
  )
}
