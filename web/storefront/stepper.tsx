import { useLanguage } from "./page-language.ts"

interface StepperProps {
  readonly qty: number
  readonly least: number
  readonly most: number
  /** The name of the goods that are counted; null: there is only one such number on the page. */
  readonly of: string | null
  readonly onChange: (qty: number) => void
}

/** A number of units, with a button on each side. */
export function Stepper({ qty, least, most, of, onChange }: StepperProps) {
  const { words } = useLanguage()
  return (
    <div class="stepper" role="group" aria-label={of === null ? words.quantity : words.quantityOf(of)}>
      <Step
        label={of === null ? words.decrease : words.decreaseOf(of)}
        text="−"
        isOff={qty <= least}
        onPress={() => onChange(qty - 1)}
      />
      <output class="tabular">{qty}</output>
      <Step
        label={of === null ? words.increase : words.increaseOf(of)}
        text="+"
        isOff={qty >= most}
        onPress={() => onChange(qty + 1)}
      />
    </div>
  )
}

interface StepProps {
  readonly label: string
  readonly text: string
  readonly isOff: boolean
  readonly onPress: () => void
}

/** A button of the stepper. It stays focusable when it is off, so that the keyboard focus is not lost. */
function Step({ label, text, isOff, onPress }: StepProps) {
  return (
    <button
      class="button"
      type="button"
      aria-label={label}
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) onPress()
      }}
    >
      {text}
    </button>
  )
}
