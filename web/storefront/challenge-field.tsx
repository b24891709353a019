import { useEffect, useRef } from "preact/hooks"
import type { ChallengeChoice } from "../shared/page-data.ts"

interface ChallengeFieldProps {
  readonly challenge: ChallengeChoice
  /** Called with the token of a solved challenge; null: it has ended. */
  readonly onSolved: (token: string | null) => void
}

/** What Turnstile and hCaptcha have in common. */
interface Widgets {
  render(
    place: HTMLElement,
    options: {
      readonly sitekey: string
      readonly callback: (token: string) => void
      readonly "expired-callback": () => void
      readonly "error-callback": () => void
    },
  ): unknown
}

/** The challenge of the shop's service. Where its script cannot be loaded, nothing is shown, and the server decides. */
export function ChallengeField({ challenge, onSolved }: ChallengeFieldProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let isShown = true
    void loadScript(challenge.script).then(() => {
      if (isShown && place.current !== null) show(place.current, challenge.siteKey, onSolved)
    })
    return () => {
      isShown = false
    }
  }, [])
  return <div class="challenge" ref={place} />
}

function show(place: HTMLElement, sitekey: string, onSolved: ChallengeFieldProps["onSolved"]): void {
  const { turnstile, hcaptcha } = globalThis as { readonly turnstile?: Widgets; readonly hcaptcha?: Widgets }
  const widgets = turnstile ?? hcaptcha
  widgets?.render(place, {
    sitekey,
    callback: onSolved,
    "expired-callback": () => onSolved(null),
    "error-callback": () => onSolved(null),
  })
}

const loaded = new Map<string, Promise<void>>()

/** Loads a script once. Resolves when it has run, or cannot be loaded. */
function loadScript(src: string): Promise<void> {
  const known =
    loaded.get(src) ??
    new Promise<void>((resolve) => {
      const script = document.createElement("script")
      script.src = src
      script.async = true
      script.addEventListener("load", () => resolve())
      script.addEventListener("error", () => resolve())
      document.head.append(script)
    })
  loaded.set(src, known)
  return known
}
