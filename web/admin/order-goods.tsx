import type { WholeOrder } from "../../client/src/admin.ts"
import { priceOf } from "../shared/money.ts"
import { addressLines, answerText, missingText, questionLabel } from "./detail-texts.ts"

interface OrderProps {
  readonly whole: WholeOrder
}

/** What was bought: a row for each variant, or one for a product without variants. */
export function GoodsTable({ whole: { order, product } }: OrderProps) {
  const { currency } = order
  const rows = order.lines?.map((line) => ({
    key: line.variant_id,
    name: line.name,
    sku: line.sku,
    quantity: line.quantity,
    unit: line.unit_price_minor,
    total: line.total_minor,
  })) ?? [
    {
      key: product.id,
      name: product.name,
      sku: null,
      quantity: order.quantity,
      unit: order.total_minor / order.quantity,
      total: order.total_minor,
    },
  ]
  return (
    <section class="part">
      <h2 id="goods">Goods</h2>
      <div class="scroll" role="region" aria-labelledby="goods" tabindex={0}>
        <table class="tabular">
          <thead>
            <tr>
              <th scope="col">{order.lines === undefined ? "Product" : "Variant"}</th>
              <th scope="col" class="number">
                Units
              </th>
              <th scope="col" class="number">
                Each
              </th>
              <th scope="col" class="number">
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, sku, quantity, unit, total }) => (
              <tr key={key}>
                <th scope="row" class="name">
                  {name}
                  {sku !== null && <span class="muted details">{sku}</span>}
                </th>
                <td class="number">{quantity}</td>
                <td class="number">{priceOf(unit, currency)}</td>
                <td class="number">{priceOf(total, currency)}</td>
              </tr>
            ))}
          </tbody>
          {rows.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row">All</th>
                <td class="number">{order.quantity}</td>
                <td />
                <td class="number">{priceOf(order.total_minor, currency)}</td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </section>
  )
}

/** The buyer: the shop's id, and the details that the product asks for. Nothing for an order without either. */
export function BuyerPart({ whole: { order, product } }: OrderProps) {
  const { details, missing_details: missing = [], customer_id } = order
  const isAsked = product.collect !== undefined || details !== undefined
  const answers = Object.entries(details?.answers ?? {})
  const address = details?.shipping_address ?? null
  return (
    <section aria-labelledby="buyer">
      <h2 id="buyer">Buyer</h2>
      {missing.length > 0 && <p class="warning">Still missing: {missingText(missing, product.questions)}.</p>}
      <dl class="facts">
        <dt>Customer id</dt>
        <dd>{customer_id ?? <span class="muted">none</span>}</dd>
        {order.reference !== undefined && <Fact name="Your reference" text={order.reference} />}
        {Object.entries(order.metadata ?? {}).map(([name, text]) => (
          <Fact key={`metadata ${name}`} name={name} text={text} />
        ))}
        {details?.name != null && <Fact name="Name" text={details.name} />}
        {details?.email != null && (
          <>
            <dt>E-mail</dt>
            <dd>
              <a href={`mailto:${encodeURIComponent(details.email)}`}>{details.email}</a>
            </dd>
          </>
        )}
        {details?.phone != null && <Fact name="Phone" text={details.phone} />}
        {address !== null && (
          <>
            <dt>Shipping address</dt>
            <dd>
              <address>
                {addressLines(address).map((line, index) => (
                  <div key={index}>
                    <bdi>{line}</bdi>
                  </div>
                ))}
              </address>
            </dd>
          </>
        )}
        {answers.map(([key, answer]) => (
          <Fact
            key={key}
            name={questionLabel(key, product.questions)}
            text={answerText(key, answer, product.questions)}
          />
        ))}
      </dl>
      {isAsked && details === undefined && missing.length === 0 && (
        <p class="muted small">No details: none were given, or they were erased.</p>
      )}
    </section>
  )
}

/** Buyers write these texts: `bdi` keeps marks of writing direction from turning the text around them. */
function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi>{text}</bdi>
      </dd>
    </>
  )
}
