import { signal, useSignal, type Signal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import type { ShopLanguage, StoredContent } from "../../client/src/admin.ts"
import type { Product } from "../../client/src/index.ts"
import { may } from "./own-role.ts"
import { explain, shop } from "./api.ts"
import { Translation, textSignals, wordFields, type TextSignals } from "./content-translation.tsx"
import {
  MOST_FURTHER_PICTURES,
  changedContent,
  type ContentTexts,
  type TextFields,
} from "./content-values.ts"
import { Field, isReadable } from "./field.tsx"
import type { Reading } from "./form-values.ts"
import { Failure } from "./pager.tsx"
import { useRefusals } from "./refusals.ts"
import { readHttpsUrl } from "./shop-values.ts"
import { useUnsavedInput } from "./unsaved.ts"

interface Loaded {
  readonly product: Product
  readonly content: StoredContent
  /** The shop's languages, the default first. */
  readonly languages: readonly ShopLanguage[]
}

/** The pictures and texts of a product, and the form that changes them. */
export function ContentScreen({ productId }: { readonly productId: number }) {
  const loaded = useSignal<Loaded | null>(null)
  const failure = useSignal<string | null>(null)
  useEffect(() => {
    Promise.all([shop.products.get(productId), shop.products.content(productId), shop.shop.get()]).then(
      ([product, content, { languages, default_languages }]) =>
        void (loaded.value = { product, content, languages: languages ?? default_languages }),
      (error: unknown) => (failure.value = explain(error)),
    )
  }, [productId])
  if (loaded.value !== null) return <ContentForm {...loaded.value} />
  return (
    <>
      <h1>Pictures and texts of product {productId}</h1>
      {failure.value === null ? <p class="muted">Loading…</p> : <Failure text={failure.value} />}
    </>
  )
}

interface PictureFields {
  readonly url: Signal<string>
  readonly alt: Signal<string>
}

function pictureFields(url = "", alt = ""): PictureFields {
  return { url: signal(url), alt: signal(alt) }
}

function useContentFields(content: StoredContent, languages: readonly ShopLanguage[]) {
  return useSignal({
    imageAlt: signal(content.image_alt ?? ""),
    pictures: signal(content.pictures.map(({ url, alt }) => pictureFields(url, alt))),
    afterPurchase: signal(content.after_purchase ?? ""),
    translations: new Map<ShopLanguage, TextSignals>(
      languages.map((tag) => [tag, textSignals(content, content.translations[tag])]),
    ),
  }).value
}

type ContentFields = ReturnType<typeof useContentFields>

function textsIn({ imageAlt, pictures, afterPurchase, translations }: ContentFields): ContentTexts {
  const texts = [...translations].map(([tag, { name, description, after_purchase, words }]) => {
    const given = words.value.map(({ word, text }) => [word, text.value] as const)
    const fields: TextFields = {
      name: name.value,
      description: description.value,
      after_purchase: after_purchase.value,
      words: Object.fromEntries(given),
    }
    return [tag, fields]
  })
  return {
    imageAlt: imageAlt.value,
    pictures: pictures.value.map(({ url, alt }) => ({ url: url.value, alt: alt.value })),
    afterPurchase: afterPurchase.value,
    translations: Object.fromEntries(texts) as ContentTexts["translations"],
  }
}

function ContentForm({ product, content, languages }: Loaded) {
  const before = useSignal(content)
  // Languages that the shop has removed keep their texts, and are shown for as long as they have any.
  const kept = Object.keys(content.translations) as ShopLanguage[]
  const tags = [...new Set([...languages.slice(1), ...kept])]
  const fields = useContentFields(content, tags)
  const refusals = useRefusals()
  const failure = useSignal<string | null>(null)
  const isSaved = useSignal(false)
  const isBusy = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  const input = useUnsavedInput(form)

  async function save(event: Event): Promise<void> {
    event.preventDefault()
    if (!isReadable(event)) return
    isBusy.value = true
    failure.value = null
    refusals.clear()
    const saved = input.sending()
    try {
      const changes = changedContent(textsIn(fields), before.value)
      const { version } = before.value
      before.value = await shop.products.changeContent(product.id, changes, { version })
      for (const [tag, { words }] of fields.translations) {
        words.value = wordFields(before.value, before.value.translations[tag]?.words ?? {}, words.value)
      }
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
      <h1>Pictures and texts of {product.name}</h1>
      <p class="muted">
        Name, description and first picture are <a href={`/admin/p/${product.id}/edit`}>settings</a> of the
        product.
      </p>
      <form class="settings" ref={form} onSubmit={(event) => void save(event)} onInput={changed}>
        <Pictures product={product} fields={fields} refusalAt={refusals.at} />
        <section class="collect" aria-labelledby="after">
          <h2 id="after">After paying</h2>
          <Field
            id="after-purchase"
            label="What a buyer reads who has paid"
            type="lines"
            value={fields.afterPurchase}
            hint="In the shop's first language. On the page of the order and in the receipt: how and when it comes, where to download it. Nobody else sees it"
          />
        </section>
        {tags.map((tag) => (
          <Translation key={tag} tag={tag} texts={fields.translations.get(tag)} />
        ))}
        {tags.length === 0 && (
          <p class="muted">
            Texts in other languages can be given here once your{" "}
            {may("owner") ? <a href="/admin/shop">shop</a> : "shop"} has several.
          </p>
        )}
        <Failure text={failure.value} />
        <div class="buttons">
          <a class="button" href={`/admin/p/${product.id}`}>
            Go back
          </a>
          <button type="submit" class="button primary" disabled={isBusy.value}>
            Save
          </button>
          <p role="status">{isSaved.value && "Saved. Buyers see it within a few seconds."}</p>
        </div>
      </form>
    </>
  )
}

interface PicturesProps {
  readonly product: Product
  readonly fields: ContentFields
  readonly refusalAt: (pointer: string) => string | null
}

function Pictures({ product, fields: { imageAlt, pictures }, refusalAt }: PicturesProps) {
  const reading = (pointer: string, own: Reading<string>): Reading<string> => {
    const fault = refusalAt(pointer)
    return fault === null ? own : { kind: "unreadable", fault }
  }
  return (
    <section class="collect" aria-labelledby="pictures">
      <h2 id="pictures">Pictures</h2>
      {product.image_url === null ? (
        <p class="muted">The product has no picture of its own yet.</p>
      ) : (
        <Field
          id="image-alt"
          label="What the first picture shows"
          value={imageAlt}
          reading={reading("/image_alt", { kind: "empty" })}
          hint="Read to people who do not see it"
        />
      )}
      {pictures.value.map(({ url, alt }, index) => (
        <div class="side-by-side addresses" key={index} role="group" aria-label={`Picture ${index + 2}`}>
          <Field
            id={`picture-${index}`}
            label={`Address of picture ${index + 2}`}
            type="url"
            value={url}
            reading={reading(`/pictures/${index}/url`, readHttpsUrl(url.value))}
            hint="Begins with https://. Empty: removed"
          />
          <Field
            id={`picture-alt-${index}`}
            label="What it shows"
            value={alt}
            hint="Required: it is read to people who do not see the picture"
            required={url.value.trim() !== ""}
            reading={reading(`/pictures/${index}/alt`, { kind: "empty" })}
          />
        </div>
      ))}
      {pictures.value.length < MOST_FURTHER_PICTURES && (
        <button
          type="button"
          class="button"
          onClick={() => void (pictures.value = [...pictures.value, pictureFields()])}
        >
          Add a picture
        </button>
      )}
    </section>
  )
}
