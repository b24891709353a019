import { useEffect, useRef } from "preact/hooks"
import type { ChallengeChoice } from "../shared/page-data.ts"
import { useLanguage } from "./page-language.ts"

/** What has the token of a solved challenge when it is asked for; null: it is not solved. */
export type ChallengeToken = () => string | null | Promise<string | null>

/** A challenge that can be shown here. */
export type ShownChallenge = Exclude<ChallengeChoice, { readonly page: string }>

interface ChallengeFieldProps {
  readonly challenge: ShownChallenge
  /** Called with what knows the token; that may wait for a challenge that the browser is solving. */
  readonly onToken: (token: ChallengeToken) => void
}

/** The challenge before a code is mailed. Where its script cannot be loaded, nothing is shown, and the server decides. */
export function ChallengeField({ challenge, onToken }: ChallengeFieldProps) {
  const { tag } = useLanguage()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let isShown = true
    const shown = () => (isShown ? place.current : null)
    if (challenge === "altcha") {
      void import("./altcha-widget.ts")
        .then(({ altchaWidget }) => altchaWidget(tag, (token) => isShown && onToken(token)))
        .then(
          (widget) => shown()?.append(widget),
          () => undefined,
        )
    } else void showService(challenge, shown, onToken)
    return () => {
      isShown = false
    }
  }, [])
  return <div class="challenge" ref={place} />
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

/** Shows the challenge of a service, unless its place has gone meanwhile. */
async function showService(
  { script, siteKey, capEndpoint }: Exclude<ShownChallenge, "altcha">,
  place: () => HTMLElement | null,
  onToken: ChallengeFieldProps["onToken"],
): Promise<void> {
  let solved: string | null = null
  const onSolved = (token: string | null) => (solved = token)
  onToken(() => solved)
  // From the shop's own Cap, as the script is. Otherwise the widget would ask a server for it that the page's policy forbids.
  if (capEndpoint !== undefined) {
    Object.assign(globalThis, { CAP_CUSTOM_WASM_URL: new URL("cap_wasm_bg.wasm", script).href })
  }
  await loadScript(script)
  const found = place()
  if (found === null) return
  if (capEndpoint === undefined) show(found, siteKey, onSolved)
  else found.append(capWidget(capEndpoint, onSolved))
}

/** The element of Cap, which the script has defined. */
function capWidget(endpoint: string, onSolved: (token: string | null) => void): HTMLElement {
  const widget = document.createElement("cap-widget")
  widget.setAttribute("data-cap-api-endpoint", endpoint)
  widget.addEventListener("solve", (event) =>
    onSolved((event as CustomEvent<{ readonly token: string }>).detail.token),
  )
  widget.addEventListener("reset", () => onSolved(null))
  widget.addEventListener("error", () => onSolved(null))
  return widget
}

/** `onSolved` is called with the token of a solved challenge; null: it has ended. */
function show(place: HTMLElement, sitekey: string, onSolved: (token: string | null) => void): void {
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
