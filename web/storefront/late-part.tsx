import { signal } from "@preact/signals"
import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import { useLanguage } from "./page-language.ts"

/** A part of a page whose script is not among those that every visitor loads. */
export interface LatePart<Props> {
  /** Loads the script, unless that has begun. */
  readonly load: () => void
  /** Shows the part once its script is there. */
  readonly Part: ComponentType<Props>
}

/** Makes a part of a page from the import of its component. */
export function latePart<Props extends object>(
  importPart: () => Promise<ComponentType<Props>>,
): LatePart<Props> {
  const state = signal<{ readonly Shown: ComponentType<Props> } | "not asked" | "loading" | "failed">(
    "not asked",
  )

  function load(): void {
    if (state.value !== "not asked") return
    state.value = "loading"
    importPart().then(
      (Shown) => (state.value = { Shown }),
      () => (state.value = "failed"),
    )
  }

  return {
    load,
    Part(props: Props) {
      const { words } = useLanguage()
      useEffect(load, [])
      if (typeof state.value === "object") return <state.value.Shown {...props} />
      return state.value === "failed" ? <Failed /> : <p class="muted">{words.loading}</p>
    },
  }
}

/** A browser may remember that an import has failed. After a reload it asks again. */
function Failed() {
  const { words } = useLanguage()
  return (
    <div class="actions">
      <p class="notice">{words.partNotLoaded}</p>
      <button class="button" type="button" onClick={() => location.reload()}>
        {words.reload}
      </button>
    </div>
  )
}
