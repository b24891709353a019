import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useId, useRef } from "preact/hooks"
import { explain } from "./api.ts"
import { isReadable } from "./field.tsx"
import { useUnsavedInput } from "./unsaved.ts"

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
 * the first field has it. Going back from input that was typed is asked for, too.
 */
export function Dialog({ title, children, action, danger, isForm = false, run, close }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const titleId = useId()
  const input = useUnsavedInput(form)
  const isDiscarding = useSignal(false)
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

  /** Closes the dialog, or asks whether to lose the input. */
  function goBack(): void {
    if (input.isThere()) isDiscarding.value = true
    else element.current?.close()
  }

  /** The key does not reach the browser, which would let the page ask once and then close all its dialogs together. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return
    event.preventDefault()
    goBack()
  }

  /** Phones close a dialog by a gesture. */
  function onCancel(event: Event): void {
    if (event.target !== event.currentTarget || !input.isThere()) return
    event.preventDefault()
    goBack()
  }

  return (
    <>
      <dialog
        ref={element}
        aria-labelledby={titleId}
        onClose={close}
        onCancel={onCancel}
        onKeyDown={onKeyDown}
      >
        <form ref={form} onSubmit={(event) => void submit(event)}>
          <h2 id={titleId}>{title}</h2>
          <div class="consequence">{children}</div>
          {failure.value !== null && (
            <p class="refusal" role="alert">
              {failure.value}
            </p>
          )}
          <div class="buttons">
            <button type="button" class="button" autofocus={!isForm} onClick={goBack}>
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
      {isDiscarding.value && (
        <DiscardQuestion
          discard={() => element.current?.close()}
          keep={() => void (isDiscarding.value = false)}
        />
      )}
    </>
  )
}

interface DiscardQuestionProps {
  readonly discard: () => void
  readonly keep: () => void
}

function DiscardQuestion({ discard, keep }: DiscardQuestionProps) {
  const isSure = useSignal(false)
  function closed(): void {
    keep()
    // Only now, so that the focus comes to the button that opened the first dialog.
    if (isSure.value) discard()
  }
  return (
    <Dialog
      title="Discard what you entered?"
      action="Discard"
      danger
      run={() => Promise.resolve((isSure.value = true))}
      close={closed}
    >
      <p>Nothing of it is saved.</p>
    </Dialog>
  )
}
