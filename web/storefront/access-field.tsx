import type { Product } from "../../client/src/index.ts"
import { codeHint } from "./access-texts.ts"
import { asksCode, codesFrom } from "./buyer-opening.ts"
import { latePart } from "./late-part.tsx"
import type { Stage } from "./buyer-view.ts"
import { useLanguage } from "./page-language.ts"
import type { PageModel } from "./page-model.ts"

/** What the form shows. It gets its hint: if it imported what makes hints, every page would load one more file. */
export interface AccessFormProps {
  readonly hint: string | null
  readonly model: PageModel
}

/** Its script is loaded only where a phase needs a code. */
const form = latePart(async () => (await import("./access-form.tsx")).AccessForm)

/** A code would not change these. */
const noneNeeded: ReadonlySet<Stage["kind"]> = new Set<Stage["kind"]>(["held", "over", "sold_out"])

interface AccessFieldProps {
  readonly product: Product
  readonly model: PageModel
}

/**
 * The field for an access code, of a product with a phase that needs one, now or later. A code may be checked long before that.
 * Without it while everybody may buy: no code is spent then.
 */
export function AccessField({ product, model }: AccessFieldProps) {
  const language = useLanguage()
  const { stage } = model.view.value
  if (!asksCode(product, model.nowMs.value) || noneNeeded.has(stage.kind)) {
    if (model.access.value.state !== "token_invalid") return null
    return <p class="notice">{language.words.notices.customer_token_invalid}</p>
  }
  const from = codesFrom(product, model.nowMs.value)
  const hint = codeHint(language, model.access.value, from, model.zone.value)
  return <form.Part hint={hint} model={model} />
}
