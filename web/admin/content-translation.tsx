import { signal, type Signal } from "@preact/signals"
import type { ProductTexts, ShopLanguage, StoredContent } from "../../client/src/admin.ts"
import type { ProductWords } from "../../client/src/index.ts"
import { askedWords, type AskedWord } from "./content-values.ts"
import { Field } from "./field.tsx"
import { languageNames } from "./shop-values.ts"
import { readLabel } from "./variant-values.ts"

/** The fields of a language. */
export type TextSignals = Readonly<Record<Exclude<keyof ProductTexts, "words">, Signal<string>>> & {
  /** Descriptions of pictures that were saved meanwhile are added. */
  readonly words: Signal<readonly WordField[]>
}

interface WordField extends AskedWord {
  readonly text: Signal<string>
}

/** The fields of a language, with what it has already. */
export function textSignals(content: StoredContent, given: ProductTexts | undefined): TextSignals {
  const { name, description, after_purchase, words = {} } = given ?? {}
  return {
    name: signal(name ?? ""),
    description: signal(description ?? ""),
    after_purchase: signal(after_purchase ?? ""),
    words: signal(wordFields(content, words, [])),
  }
}

/** A field for each word, with the texts of those that were there `before`. */
export function wordFields(
  content: StoredContent,
  given: ProductWords,
  before: readonly WordField[],
): WordField[] {
  const texts = new Map(before.map(({ word, text }) => [word, text]))
  return askedWords(content, given).map(({ word, isUsed }) => ({
    word,
    isUsed,
    text: texts.get(word) ?? signal(Object.hasOwn(given, word) ? (given[word] ?? "") : ""),
  }))
}

interface TranslationProps {
  readonly tag: ShopLanguage
  readonly texts: TextSignals | undefined
}

/** The texts of the product in one language. */
export function Translation({ tag, texts }: TranslationProps) {
  if (texts === undefined) return null
  const language = languageNames[tag]
  return (
    <section class="collect" aria-labelledby={`in-${tag}`}>
      <h2 id={`in-${tag}`}>
        In <span lang={tag}>{language}</span>
      </h2>
      <p class="muted small">Leave out what is the same.</p>
      <Field id={`name-${tag}`} label="Name" value={texts.name} lang={tag} />
      <Field
        id={`description-${tag}`}
        label="Description"
        type="lines"
        value={texts.description}
        lang={tag}
      />
      <Field id={`after-${tag}`} label="After paying" type="lines" value={texts.after_purchase} lang={tag} />
      {texts.words.value.length > 0 && <Words tag={tag} words={texts.words.value} />}
    </section>
  )
}

/** A field for each word of the product's options and variants. */
function Words({ tag, words }: { readonly tag: ShopLanguage; readonly words: readonly WordField[] }) {
  return (
    <fieldset class="words">
      <legend>Options, variants and descriptions of pictures</legend>
      <p class="muted small">
        What buyers read in place of each word. A variant named “Red / 42” needs words for its parts alone.
        Save a new description of a picture, and its field appears here.
      </p>
      <div class="side-by-side">
        {words.map(({ word, isUsed, text }, index) => (
          <Field
            key={word}
            id={`word-${tag}-${index}`}
            label={word}
            value={text}
            lang={tag}
            reading={readLabel(text.value)}
            {...(!isUsed && {
              hint: "The product does not use this text any more. Clear the field to remove it",
            })}
          />
        ))}
      </div>
    </fieldset>
  )
}
