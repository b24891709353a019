import { may } from "./own-role.ts"

export interface OrderLinkProps {
  readonly id: number
}

/** The number of an order, as a link to its page for a role that may see it. */
export function OrderLink({ id }: OrderLinkProps) {
  return may("support") ? <a href={`/admin/orders/${id}`}>{id}</a> : <>{id}</>
}

export interface TextAboutOrderProps {
  readonly text: string
  /** The order that the text is about; null: it is about none. */
  readonly id: number | null
}

/** A text in which the order that it is about is a link, if the text names it: `Cancelled order 17`. */
export function TextAboutOrder({ text, id }: TextAboutOrderProps) {
  const name = `order ${id}`
  const at = id === null ? -1 : text.search(new RegExp(String.raw`\b${name}\b`))
  if (id === null || at < 0 || !may("support")) return <>{text}</>
  return (
    <>
      {text.slice(0, at)}
      <a href={`/admin/orders/${id}`}>{name}</a>
      {text.slice(at + name.length)}
    </>
  )
}
