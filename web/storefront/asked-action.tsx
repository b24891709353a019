import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import { useIsAwake } from "./is-awake.ts"
import { useLanguage } from "./page-language.ts"

interface AskedActionProps {
  readonly label: string
  readonly question: string
  readonly yes: string
  readonly isBusy: boolean
  readonly onYes: () => void
}

/** Gives something back: a line of text rather than a second button, and only after a question. */
export function AskedAction({ label, question, yes, isBusy, onYes }: AskedActionProps) {
  const isAsked = useSignal(false)
  const isAwake = useIsAwake()
  const button = useRef<HTMLButtonElement>(null)
  const ask = () => {
    if (isAwake && !isBusy) isAsked.value = !isAsked.value
  }
  return (
    <div class="asked-action">
      <button
        ref={button}
        class="text-button"
        type="button"
        aria-expanded={isAsked.value}
        aria-disabled={!isAwake || isBusy}
        onClick={ask}
      >
        {label}
      </button>
      {isAsked.value && (
        <Question
          question={question}
          yes={yes}
          isBusy={isBusy}
          onYes={onYes}
          onKeep={() => {
            isAsked.value = false
            button.current?.focus()
          }}
        />
      )}
    </div>
  )
}

interface QuestionProps extends Omit<AskedActionProps, "label"> {
  readonly onKeep: () => void
}

function Question({ question, yes, isBusy, onYes, onKeep }: QuestionProps) {
  const { words } = useLanguage()
  const isAwake = useIsAwake()
  return (
    <>
      <p>{question}</p>
      <div class="actions">
        <button class="button" type="button" aria-disabled={isBusy} onClick={onKeep}>
          {words.keep}
        </button>
        <button
          class="button"
          type="button"
          aria-disabled={!isAwake || isBusy}
          onClick={() => isAwake && !isBusy && onYes()}
        >
          {yes}
        </button>
      </div>
    </>
  )
}
