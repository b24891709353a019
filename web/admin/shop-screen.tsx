import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import type { ShopSettings } from "../../client/src/admin.ts"
import { explain, shop } from "./api.ts"
import { Field, isReadable } from "./field.tsx"
import type { Reading } from "./form-values.ts"
import { Failure } from "./pager.tsx"
import { useRefusals } from "./refusals.ts"
import { ColourFields, LanguageFields, LinkFields, ListFields, LogoFields } from "./shop-fields.tsx"
import { useShopFields, shopIn } from "./shop-form.ts"
import { changedShop, readColour, readSupport } from "./shop-values.ts"
import { useUnsavedInput } from "./unsaved.ts"

/** What buyers see of the shop on all pages and in all mails, and the form that changes it. */
export function ShopScreen() {
  const settings = useSignal<ShopSettings | null>(null)
  const failure = useSignal<string | null>(null)
  useEffect(() => {
    shop.shop.get().then(
      (found) => (settings.value = found),
      (error: unknown) => (failure.value = explain(error)),
    )
  }, [])
  if (settings.value !== null) return <ShopForm settings={settings.value} />
  return (
    <>
      <h1>Shop</h1>
      {failure.value === null ? <p class="muted">Loading…</p> : <Failure text={failure.value} />}
    </>
  )
}

function ShopForm({ settings }: { readonly settings: ShopSettings }) {
  const before = useSignal(settings)
  const fields = useShopFields(settings)
  const refusals = useRefusals()
  const failure = useSignal<string | null>(null)
  const isSaved = useSignal(false)
  const isBusy = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  const input = useUnsavedInput(form)
  /** The reading of a field, unless the server has refused its value. */
  const reading = (pointer: string, own: Reading<string>): Reading<string> => {
    const fault = refusals.at(pointer)
    return fault === null ? own : { kind: "unreadable", fault }
  }

  async function save(event: Event): Promise<void> {
    event.preventDefault()
    if (!isReadable(event)) return
    isBusy.value = true
    failure.value = null
    refusals.clear()
    const saved = input.sending()
    try {
      const changes = changedShop(shopIn(fields, before.value), before.value)
      before.value = await shop.shop.change(changes, { version: before.value.version })
      saved()
      isSaved.value = true
    } catch (error) {
      failure.value = explain(error)
      refusals.note(error)
    }
    isBusy.value = false
  }

  function changed(): void {
    refusals.clear()
    isSaved.value = false
  }

  return (
    <>
      <h1>Shop</h1>
      <p class="muted">What buyers see of your shop on every page and in every mail.</p>
      <form class="settings" ref={form} onSubmit={(event) => void save(event)} onInput={changed}>
        <div class="side-by-side">
          <Field
            id="name"
            label="Name"
            value={fields.name}
            reading={reading("/name", { kind: "empty" })}
            hint={`Empty: ${settings.default_name}`}
          />
          <Field
            id="support"
            label="Help for buyers"
            value={fields.support}
            reading={reading("/support", readSupport(fields.support.value))}
            hint="An e-mail address, or a page that begins with https://"
          />
        </div>
        <ColourFields accent={fields.accent} reading={reading("/accent", readColour(fields.accent.value))} />
        <LogoFields fields={fields} reading={reading} />
        <LinkFields links={fields.links} reading={reading} />
        <LanguageFields chosen={fields.languages} />
        <ListFields listsScheduled={fields.listsScheduled} />
        <Failure text={failure.value} />
        <div class="buttons">
          <button type="submit" class="button primary" disabled={isBusy.value}>
            Save
          </button>
          <p role="status">{isSaved.value && "Saved. Buyers see it within a few seconds."}</p>
        </div>
      </form>
    </>
  )
}
