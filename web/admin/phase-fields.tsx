import { signal, useSignal, type Signal } from "@preact/signals"
import type { Phase, PhaseBody, ShopProduct } from "../../client/src/index.ts"
import { utcText } from "./dates.ts"
import { Field } from "./field.tsx"
import { readTime, readWhole, type Reading } from "./form-values.ts"
import {
  changedPhases,
  phaseTexts,
  readSetName,
  readUntil,
  whoTexts,
  type PhaseTexts,
} from "./phase-values.ts"

/** The most phases of a product. */
const MOST_PHASES = 20

/** The fields of one phase. `id` tells it from the other ones on the page. */
interface PhaseDraft extends Readonly<Record<keyof PhaseTexts, Signal<string>>> {
  readonly id: number
}

/** The fields of a product's phases. */
export type PhasesDraft = Signal<readonly PhaseDraft[]>

let lastId = 0
const emptyPhase: PhaseTexts = { from: "", until: "", who: "all", name: "", limit: "" }

function draftOf(texts: PhaseTexts): PhaseDraft {
  lastId += 1
  return {
    id: lastId,
    from: signal(texts.from),
    until: signal(texts.until),
    who: signal(texts.who),
    name: signal(texts.name),
    limit: signal(texts.limit),
  }
}

/** Makes the fields, filled with the phases of the product. */
export function usePhasesDraft(product: ShopProduct | null): PhasesDraft {
  return useSignal((product?.phases ?? []).map((phase) => draftOf(phaseTexts(phase))))
}

/** What the fields say, as far as it differs from the product. Throws for an unreadable field. */
export function phasesIn(
  draft: PhasesDraft,
  before: readonly Phase[] | undefined,
): { readonly phases?: readonly PhaseBody[] | null } {
  return changedPhases(draft.value.map(textsOf), before)
}

function textsOf({ from, until, who, name, limit }: PhaseDraft): PhaseTexts {
  return {
    from: from.value,
    until: until.value,
    who: who.value,
    name: who.value === "all" ? "" : name.value,
    limit: limit.value,
  }
}

interface PhaseFieldsProps {
  readonly draft: PhasesDraft
  /** The server's objection to the field at a JSON pointer; null: none. */
  readonly refusalAt: (pointer: string) => string | null
}

/** The part of the product's form that says who may buy when. */
export function PhaseFields({ draft, refusalAt }: PhaseFieldsProps) {
  const all = draft.value
  function add(): void {
    const made = draftOf(emptyPhase)
    draft.value = [...all, made]
    // The fields are there after the next rendering.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`#phase-${made.id}-who`)?.focus())
  }
  return (
    <section class="collect" aria-labelledby="phases">
      <h2 id="phases">Who may buy when</h2>
      <p class="muted small">
        {all.length === 0
          ? "Without phases everybody may buy, as long as the sale is on."
          : "A buyer needs what one of the phases that are on asks for. Outside of all phases nobody may buy."}
      </p>
      {all.map((phase, index) => (
        <fieldset key={phase.id} class="variant-draft">
          <legend>Phase {index + 1}</legend>
          <OnePhase phase={phase} refusalAt={(field) => refusalAt(`/phases/${index}/${field}`)} />
          <div class="buttons">
            <button
              type="button"
              class="button"
              aria-label={`Remove phase ${index + 1}`}
              onClick={() => void (draft.value = all.filter((one) => one !== phase))}
            >
              Remove
            </button>
          </div>
        </fieldset>
      ))}
      {all.length < MOST_PHASES && (
        <button type="button" class="button" onClick={add}>
          Add a phase
        </button>
      )}
    </section>
  )
}

interface OnePhaseProps {
  readonly phase: PhaseDraft
  readonly refusalAt: (field: string) => string | null
}

function OnePhase({ phase, refusalAt }: OnePhaseProps) {
  const texts = textsOf(phase)
  const id = (field: string) => `phase-${phase.id}-${field}`
  const refused = (field: string, reading: Reading<string | number>): Reading<string | number> => {
    const fault = refusalAt(field)
    return fault === null ? reading : { kind: "unreadable", fault }
  }
  const [from, until] = [refused("from", readTime(texts.from)), refused("until", readUntil(texts))]
  const isGroup = texts.who === "group"
  return (
    <>
      <div class="side-by-side">
        <Field id={id("who")} label="Who" value={phase.who} list={whoTexts} />
        {texts.who !== "all" && (
          <Field
            id={id("name")}
            label={isGroup ? "Group" : "Set of codes"}
            value={phase.name}
            required
            reading={refused("needs", readSetName(texts.name))}
            hint={
              isGroup
                ? "As your shop signs it in the Customer-Token"
                : "A name of yours, such as press; codes are made on the product’s page “Access codes”"
            }
          />
        )}
        <Field
          id={id("limit")}
          label="Limit per customer"
          type="number"
          min={1}
          value={phase.limit}
          reading={refused("max_per_customer", readWhole(texts.limit, 1))}
          hint="Empty: the product’s"
        />
      </div>
      <div class="side-by-side">
        <Field
          id={id("from")}
          label="From (your time)"
          type="datetime-local"
          value={phase.from}
          reading={from}
          hint={from.kind === "value" ? `= ${utcText(from.value)}` : "Empty: from the beginning of the sale"}
        />
        <Field
          id={id("until")}
          label="Until (your time)"
          type="datetime-local"
          value={phase.until}
          reading={until}
          hint={until.kind === "value" ? `= ${utcText(until.value)}` : "Empty: to the end of the sale"}
        />
      </div>
    </>
  )
}
