import { useSignal } from "@preact/signals"
import type { NewAccessCodes } from "../../client/src/index.ts"
import { countText } from "../shared/unit-texts.ts"
import { shop } from "./api.ts"
import { codesIn, MOST_CODES } from "./code-texts.ts"
import { Dialog } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { readWhole, requiredValue, type Reading } from "./form-values.ts"
import { readSetName } from "./phase-values.ts"

interface NewCodesProps {
  readonly productId: number
  /** The sets that phases need or that have codes; the first one is proposed. */
  readonly sets: readonly string[]
  readonly made: (codes: NewAccessCodes) => void
  readonly close: () => void
}

const setHint = (sets: readonly string[]) =>
  sets.length === 0 ? "As a phase of the product names it" : `So far: ${sets.join(", ")}`

/** Asks how many codes to make. */
export function MakeCodesDialog({ productId, sets, made, close }: NewCodesProps) {
  const set = useSignal(sets[0] ?? "")
  const count = useSignal("")
  const units = useSignal("1")
  const [setRead, countRead, unitsRead] = [
    readSetName(set.value),
    readCount(count.value),
    readWhole(units.value, 1),
  ]
  async function run(): Promise<void> {
    made(
      await shop.accessCodes.add(productId, {
        set: requiredValue(setRead, "The set"),
        count: requiredValue(countRead, "The number of codes"),
        units: requiredValue(unitsRead, "The number of units"),
      }),
    )
  }
  return (
    <Dialog title="Make access codes" action="Make the codes" isForm run={run} close={close}>
      <Field id="codes-set" label="Set" value={set} required reading={setRead} hint={setHint(sets)} />
      <Field
        id="codes-count"
        label="How many codes"
        type="number"
        min={1}
        value={count}
        required
        reading={countRead}
        hint={`At most ${countText(MOST_CODES)} at a time`}
      />
      <Field
        id="codes-units"
        label="Units for each code"
        type="number"
        min={1}
        value={units}
        required
        reading={unitsRead}
      />
      <p>The codes are shown once, in the next step.</p>
    </Dialog>
  )
}

function readCount(text: string): Reading<number> {
  const reading = readWhole(text, 1)
  return reading.kind === "value" && reading.value > MOST_CODES
    ? { kind: "unreadable", fault: `At most ${countText(MOST_CODES)} at a time.` }
    : reading
}

/** Asks for codes of the shop's own. */
export function UploadCodesDialog({ productId, sets, made, close }: NewCodesProps) {
  const set = useSignal(sets[0] ?? "")
  const text = useSignal("")
  const units = useSignal("1")
  const codes = codesIn(text.value)
  const [setRead, unitsRead] = [readSetName(set.value), readWhole(units.value, 1)]
  const codesRead: Reading<number> =
    codes.length > MOST_CODES
      ? { kind: "unreadable", fault: `At most ${countText(MOST_CODES)} at a time.` }
      : { kind: "value", value: codes.length }
  async function run(): Promise<void> {
    made(
      await shop.accessCodes.add(productId, {
        set: requiredValue(setRead, "The set"),
        units: requiredValue(unitsRead, "The number of units"),
        codes,
      }),
    )
  }
  return (
    <Dialog title="Upload access codes" action="Add the codes" isForm run={run} close={close}>
      <Field id="codes-set" label="Set" value={set} required reading={setRead} hint={setHint(sets)} />
      <Field
        id="codes-text"
        label="Codes"
        type="lines"
        value={text}
        required
        reading={codesRead}
        hint={
          codes.length === 0
            ? "One per line, or the text of a CSV file with the codes in its first column. At least 6 characters; long random ones cannot be guessed"
            : codes.length === 1
              ? "1 code"
              : `${countText(codes.length)} codes`
        }
      />
      <Field
        id="codes-units"
        label="Units for each code"
        type="number"
        min={1}
        value={units}
        required
        reading={unitsRead}
      />
    </Dialog>
  )
}
