import { accentShades, pageGrounds } from "../../src/base/accent.ts"
import { shadeText } from "./shop-values.ts"

const themes = [
  { theme: "light", label: "Light", text: "#1e1c17" },
  { theme: "dark", label: "Dark", text: "#f2ecdf" },
] as const

/** How pages show the colour in both themes, whichever the operator's own is. */
export function AccentPreview({ accent }: { readonly accent: string }) {
  return (
    <div class="accent-preview">
      {themes.map(({ theme, label, text: plain }) => {
        const [background] = pageGrounds[theme]
        const { surface, ink, edge, text } = accentShades(accent, pageGrounds[theme])
        // Set by the script, which the content security policy allows; a style attribute in HTML it would not.
        const colours = {
          "--background": background,
          "--ink": plain,
          "--accent": surface,
          "--accent-ink": ink,
          "--accent-edge": edge,
          "--accent-text": text,
        }
        return (
          <figure key={theme} data-theme={theme}>
            <div class="accent-page" style={colours}>
              <p class="accent-name">Your shop</p>
              <p class="small">Reserved for 2 minutes</p>
              <span class="button primary">Reserve</span>
            </div>
            <figcaption class="small">
              <strong>{label}.</strong> {shadeText(accent, theme)}
            </figcaption>
          </figure>
        )
      })}
    </div>
  )
}
