import type { ValueState } from "./variant-choice.ts"

interface RadioTileProps {
  readonly group: string
  readonly value: string | number
  readonly name: string
  readonly state: ValueState
  /** Null: no price is shown. */
  readonly price: string | null
  readonly stock: string
  readonly isChosen: boolean
  readonly isOff: boolean
  /** True while the choice cannot be changed. */
  readonly isLocked: boolean
  readonly onChoose: () => void
}

/** A radio button as a tile, with the units left. */
export function RadioTile({ group, value, name, state, price, stock, ...props }: RadioTileProps) {
  const { isChosen, isOff, isLocked, onChoose } = props
  return (
    <label class={`variant ${state}`}>
      <input
        type="radio"
        name={group}
        value={value}
        required
        autocomplete="off"
        checked={isChosen}
        // The chosen one stays focusable, so that the keyboard focus is not lost when it sells out.
        disabled={isOff && !isChosen}
        aria-disabled={isLocked ? true : undefined}
        // Takes the browser's own change back, also one by an arrow key.
        onClick={(event) => isLocked && event.preventDefault()}
        onChange={onChoose}
      />
      <span class="name">{name}</span> {price !== null && <span class="tabular">{price} </span>}
      <span class="small tabular">{stock}</span>
    </label>
  )
}
