import "altcha/external"
import "altcha/altcha.css"
import "./altcha-widget.css"
import Solver from "altcha/workers/pbkdf2?worker"
import type { LanguageTag } from "../../client/src/languages.ts"
import type { ChallengeToken } from "./challenge-field.tsx"

globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Solver())

/** The words of the widget, by the names that it gives its languages. */
const words: Record<Exclude<LanguageTag, "en">, readonly [name: string, load: () => Promise<unknown>]> = {
  ar: ["ar", () => import("altcha/i18n/ar")],
  de: ["de", () => import("altcha/i18n/de")],
  es: ["es-es", () => import("altcha/i18n/es-es")],
  fr: ["fr-fr", () => import("altcha/i18n/fr-fr")],
  ja: ["ja", () => import("altcha/i18n/ja")],
}

/** Nothing of the pointer is recorded, and no link leads away from the form. */
const configuration = { humanInteractionSignature: false, hideFooter: true, hideLogo: true, timeout: 30_000 }
/** Longer than the widget tries, in case that its request hangs. */
const LONGEST_WAIT_MS = 40_000

/**
 * Makes the challenge of the server itself. The browser begins to solve it when the buyer begins with the form, so that it is done
 * when the address is typed; a form that is sent sooner waits for it. It needs HTTPS; the widget says so where it is missing.
 * `onToken` is called with what knows the token, and waits for it.
 */
export async function altchaWidget(
  tag: LanguageTag,
  onToken: (token: ChallengeToken) => unknown,
): Promise<HTMLElement> {
  if (tag === "en") return widgetIn("en", onToken)
  const [name, load] = words[tag]
  // Without its words the widget speaks English.
  await load().catch(() => undefined)
  return widgetIn(name, onToken)
}

function widgetIn(language: string, onToken: (token: ChallengeToken) => unknown): HTMLElement {
  const widget = document.createElement("altcha-widget")
  widget.setAttribute("challenge", "/api/customers/challenge")
  widget.setAttribute("auto", "onfocus")
  widget.setAttribute("language", language)
  widget.setAttribute("configuration", JSON.stringify(configuration))
  let solved: string | null = null
  let isSolving = false
  const waiting = new Set<(token: string | null) => void>()
  widget.addEventListener("statechange", (event) => {
    const { state, payload } = (event as CustomEvent<{ state: string; payload?: string | null }>).detail
    isSolving = state === "verifying"
    solved = state === "verified" ? (payload ?? null) : null
    if (isSolving) return
    for (const resolve of waiting) resolve(solved)
    waiting.clear()
  })
  onToken(() => {
    if (solved !== null) return solved
    return new Promise((resolve) => {
      waiting.add(resolve)
      setTimeout(() => resolve(null), LONGEST_WAIT_MS)
      // Its end comes as an event, too.
      if (!isSolving) void widget.verify()
    })
  })
  return widget
}
