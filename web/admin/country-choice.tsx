import { useSignal, type Signal } from "@preact/signals"
import { countryCodes } from "../shared/country-codes.ts"
import { countryName, namedCountries } from "../shared/countries.ts"

export interface CountryChoiceProps {
  /** The codes of the chosen countries; none: every country. */
  readonly chosen: Signal<readonly string[]>
  /** Why the server has refused the choice; null: it has not. */
  readonly fault: string | null
}

const countries = namedCountries(countryCodes).map(({ value, label }) => ({ code: value, name: label }))

/** A choice of countries by name. The list shows those whose names contain the typed letters, the chosen ones first. */
export function CountryChoice({ chosen, fault }: CountryChoiceProps) {
  const wanted = useSignal("")
  // Taken when the list is searched anew, so that a row does not jump away from under the pointer.
  const first = useSignal(chosen.value)
  const letters = plain(wanted.value)
  const found = countries
    .filter(({ code, name }) => plain(name).includes(letters) || code.toLowerCase() === letters)
    .sort((one, other) => Number(first.value.includes(other.code)) - Number(first.value.includes(one.code)))

  function choose(code: string, isChosen: boolean): void {
    const others = chosen.value.filter((one) => one !== code)
    chosen.value = isChosen ? [...others, code].sort() : others
  }

  return (
    <fieldset class="choices countries">
      <legend>Countries you ship to</legend>
      <p class={fault === null ? "muted small" : "fault small"} aria-live="polite">
        {fault ?? chosenText(chosen.value)}
      </p>
      <div class="entry">
        <label for="country-search">Find a country</label>
        <input
          class="field"
          id="country-search"
          type="text"
          autocomplete="off"
          value={wanted.value}
          onInput={({ currentTarget }) => {
            first.value = chosen.value
            wanted.value = currentTarget.value
          }}
          // Enter would send the form.
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault()
          }}
        />
      </div>
      <div class="country-list" role="group" aria-label="Countries" tabindex={0}>
        {found.map(({ code, name }) => (
          <label key={code} class="choice">
            <input
              type="checkbox"
              checked={chosen.value.includes(code)}
              onInput={({ currentTarget }) => choose(code, currentTarget.checked)}
            />
            {name}
          </label>
        ))}
        {found.length === 0 && <p class="muted">No country has these letters in its name.</p>}
      </div>
      {chosen.value.length > 0 && (
        <button type="button" class="button" onClick={() => void (chosen.value = [])}>
          Ship to every country
        </button>
      )}
    </fieldset>
  )
}

/** In small letters without accents, so that `cote` finds Côte d’Ivoire. */
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim()
}

function chosenText(codes: readonly string[]): string {
  if (codes.length === 0) return "No country chosen: you ship to every country."
  return `You ship only to ${codes.map((code) => countryName(code)).join(", ")}.`
}
