import type { Order } from "../../client/src/index.ts"
import type { Stage } from "./buyer-view.ts"
import { useLanguage } from "./page-language.ts"
import { Prose } from "./prose.tsx"
import { nextStepOf } from "./texts.ts"

interface AfterPayingProps {
  readonly order: Order
  readonly stage: Stage
  /** The shop's address for questions, or its page for them; null: the shop has set none. */
  readonly support: string | null
}

/** What a buyer wants to know once an order is paid: what comes next, a receipt to keep, and whom to ask. */
export function AfterPaying({ order, stage, support }: AfterPayingProps) {
  const language = useLanguage()
  const { words } = language
  const nextStep = nextStepOf(language, stage, order)
  if (stage.kind !== "paid" && stage.kind !== "refunded") return null
  return (
    <>
      {nextStep !== null && <p>{nextStep}</p>}
      {order.after_purchase !== undefined && <Prose text={order.after_purchase} />}
      {support !== null && (
        <p>
          {words.questions} <SupportLink support={support} subject={words.order(order.order_id)} />
        </p>
      )}
      <div class="actions">
        <button class="button" type="button" onClick={() => globalThis.print()}>
          {words.printReceipt}
        </button>
      </div>
    </>
  )
}

function SupportLink({ support, subject }: { readonly support: string; readonly subject: string }) {
  const { words } = useLanguage()
  if (support.startsWith("https://")) return <a href={support}>{words.getHelp}</a>
  const address = encodeURIComponent(support).replace("%40", "@")
  return <a href={`mailto:${address}?subject=${encodeURIComponent(subject)}`}>{support}</a>
}
