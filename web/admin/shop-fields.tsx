import type { Signal } from "@preact/signals"
import type { ShopLanguage } from "../../client/src/admin.ts"
import { DEFAULT_ACCENT } from "../../src/base/accent.ts"
import { AccentPreview } from "./accent-preview.tsx"
import { Field } from "./field.tsx"
import type { Reading } from "./form-values.ts"
import { linkLabels, type ShopFields } from "./shop-form.ts"
import { languageNames, readHttpsUrl } from "./shop-values.ts"

/** The reading of the field at a JSON pointer, unless the server has refused its value. */
type ReadingAt = (pointer: string, own: Reading<string>) => Reading<string>

interface LinkFieldsProps {
  readonly links: ShopFields["links"]
  readonly reading: ReadingAt
}

/** The links to the shop's own pages. */
export function LinkFields({ links, reading }: LinkFieldsProps) {
  return (
    <section class="collect" aria-labelledby="links">
      <h2 id="links">Your own pages</h2>
      <p class="muted small">Linked at the foot of every page and mail. Leave out what you do not have.</p>
      <div class="side-by-side addresses">
        {linkLabels.map(([link, label]) => (
          <Field
            key={link}
            id={`link-${link}`}
            label={label}
            type="url"
            value={links[link]}
            reading={reading(`/links/${link}`, readHttpsUrl(links[link].value))}
          />
        ))}
      </div>
    </section>
  )
}

interface ColourFieldsProps {
  readonly accent: Signal<string>
  readonly reading: Reading<string>
}

/** The colour as digits or from the browser's palette, and how it looks. */
export function ColourFields({ accent, reading }: ColourFieldsProps) {
  const colour = reading.kind === "value" ? reading.value : DEFAULT_ACCENT
  return (
    <section class="collect" aria-labelledby="colour">
      <h2 id="colour">Colour</h2>
      <div class="colour-choice">
        <Field
          id="accent"
          label="Accent colour"
          value={accent}
          reading={reading}
          hint={`# and six digits or letters a to f, such as #0b5fff. Empty: ${DEFAULT_ACCENT}`}
        />
        <input
          class="field"
          type="color"
          aria-label="Choose the accent colour"
          value={colour}
          onInput={({ currentTarget }) => void (accent.value = currentTarget.value)}
        />
      </div>
      <AccentPreview accent={colour} />
    </section>
  )
}

interface LogoFieldsProps {
  readonly fields: ShopFields
  readonly reading: ReadingAt
}

/** The logo and the icon. */
export function LogoFields({ fields: { logoUrl, logoAlt, icon }, reading }: LogoFieldsProps) {
  const hasLogo = logoUrl.value.trim() !== ""
  return (
    <section class="collect" aria-labelledby="logo">
      <h2 id="logo">Logo</h2>
      <div class="side-by-side addresses">
        <Field
          id="logo-url"
          label="Logo URL"
          type="url"
          value={logoUrl}
          reading={reading("/logo/url", readHttpsUrl(logoUrl.value))}
          hint="Shown 32 pixels high, on light and dark pages. Empty: the name"
        />
        <Field
          id="logo-alt"
          label="What the logo shows"
          value={logoAlt}
          required={hasLogo}
          reading={reading("/logo/alt", { kind: "empty" })}
          hint="Read to people who do not see the logo: usually the name"
        />
        <Field
          id="icon"
          label="Icon URL"
          type="url"
          value={icon}
          reading={reading("/icon", readHttpsUrl(icon.value))}
          hint="Shown in the browser's tab. Empty: the first letter of the name, in your colour"
        />
      </div>
    </section>
  )
}

/** The default language comes first in the list of languages. */
export function LanguageFields({ chosen }: { readonly chosen: Signal<readonly ShopLanguage[]> }) {
  const languages = Object.entries(languageNames) as [ShopLanguage, string][]
  const [first = "en", ...others] = chosen.value
  return (
    <section class="collect" aria-labelledby="languages">
      <h2 id="languages">Languages</h2>
      <div class="entry default-language">
        <label for="default-language">Default language</label>
        <select
          class="field"
          id="default-language"
          value={first}
          onInput={({ currentTarget }) => {
            const next = currentTarget.value as ShopLanguage
            chosen.value = [next, ...chosen.value.filter((language) => language !== next)]
          }}
        >
          {languages.map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <fieldset class="choices">
        <legend>Also in</legend>
        {languages
          .filter(([code]) => code !== first)
          .map(([code, name]) => (
            <label key={code} class="choice">
              <input
                type="checkbox"
                checked={others.includes(code)}
                onInput={({ currentTarget }) => {
                  const rest = others.filter((language) => language !== code)
                  chosen.value = [first, ...rest, ...(currentTarget.checked ? [code] : [])]
                }}
              />
              <span lang={code}>{name}</span>
            </label>
          ))}
      </fieldset>
    </section>
  )
}

/** What the list of products shows. */
export function ListFields({ listsScheduled }: { readonly listsScheduled: Signal<boolean> }) {
  return (
    <section class="collect" aria-labelledby="list">
      <h2 id="list">List of products</h2>
      <label class="choice">
        <input
          type="checkbox"
          checked={listsScheduled.value}
          onInput={({ currentTarget }) => void (listsScheduled.value = currentTarget.checked)}
        />
        <span>Show products before their sale opens</span>
      </label>
    </section>
  )
}
