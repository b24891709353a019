// A shop with pages, checkout and payment of its own, which lets Doorbuster hold and count the units.
// Usage: CORS_ORIGINS=http://127.0.0.1:8080 npm start, then node examples/beside/shop.mjs [port]
import { createHmac, randomUUID } from "node:crypto"
import { createServer } from "node:http"
import { createClient, ProblemError } from "../../client/dist/index.js" // yours: from "doorbuster-client"

const engine = process.env.DOORBUSTER_URL ?? "http://127.0.0.1:8000"
const secret = process.env.PAYMENT_WEBHOOK_SECRET // whsec_…, the same as Doorbuster's; not needed in open mode
const client = createClient({ baseUrl: engine })

/** The shop's own orders; yours are in a database. */
const orders = new Map()

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Aurora Supply</title>
<h1>Aurora Supply</h1>
<doorbuster-buy product="1"></doorbuster-buy>
<form method="post" action="/checkout" hidden><input name="hold_id"><input name="token"></form>
<script type="module" src="${engine}/embed.js"></script>
<script type="module">
  // The key of the hold proves that it is this buyer's. It goes in the body, never in an address.
  document.querySelector("doorbuster-buy").addEventListener("checkout", (event) => {
    event.preventDefault()
    const form = document.forms[0]
    form.elements.hold_id.value = event.detail.hold_id
    form.elements.token.value = event.detail.token
    form.submit()
  })
</script>`

/** 1. The buyer checks out: the hold becomes an order of both shops, which carries the name that it has here. */
async function checkOut({ hold_id, token }) {
  const { reference, price, state } = (await orderOf(Number(hold_id), token)) ?? {}
  if (state !== "unpaid") return `<h1>This order is ${state ?? "not known"}</h1>`
  return `<h1>Check out</h1>
<form method="post" action="/paid"><input type="hidden" name="reference" value="${reference}"><button>Buy now, pay ${price}</button></form>`
}

/** Only the hold's key makes the order, so nobody checks out what another buyer holds. A second tap finds the order of the first. */
async function orderOf(hold_id, token) {
  const reference = `AURORA-${randomUUID()}`
  try {
    const made = await client.orders.create({ hold_id, token, reference })
    const { order_id, total_minor: due, currency } = made
    const price = `${made.total_price} ${currency}`
    orders.set(reference, { reference, order_id, price, due, currency, state: "unpaid" })
    return orders.get(reference)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== "hold_already_used") throw error
    return [...orders.values()].find(({ order_id }) => order_id === error.problem.order_id)
  }
}

/**
 * 2. The shop has the money, as its payment provider's webhook says. A shop with shipping or other goods in the order reports
 * the part that is for these units: the order's total.
 */
async function tookMoney({ reference }) {
  const order = orders.get(reference)
  if (order === undefined) throw new Error(`no order ${reference}`)
  const { outcome } = await report({
    idempotency_key: `paid-${reference}`,
    order_id: order.order_id,
    status: "success",
    payment_id: reference,
    amount_minor: order.due,
    currency: order.currency,
  })
  // The answer decides: the buyer may have paid after the order's end, when the units were somebody else's.
  order.state = outcome === "paid" ? "to ship" : "to refund"
  return `<h1>${outcome === "paid" ? "Thank you" : "Too late: your money goes back"}</h1>`
}

/** Reports a payment. Repeat it until there is an answer: the key makes that safe. */
async function report(payment) {
  const body = JSON.stringify(payment)
  const id = payment.idempotency_key
  const timestamp = Math.floor(Date.now() / 1_000)
  const headers = { "content-type": "application/json" }
  if (secret !== undefined) {
    const key = Buffer.from(secret.replace("whsec_", ""), "base64")
    const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")
    Object.assign(headers, {
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": `v1,${signature}`,
    })
  }
  const answer = await fetch(`${engine}/api/payments/webhook`, { method: "POST", headers, body })
  if (!answer.ok) throw new Error(`Doorbuster answered ${answer.status}`)
  return await answer.json()
}

const server = createServer(async (request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8")
  response.setHeader("referrer-policy", "no-referrer")
  try {
    response.end(await answerTo(`${request.method} ${request.url}`, request))
  } catch (error) {
    const isRefusal = error instanceof ProblemError
    response.statusCode = isRefusal ? 409 : 500
    response.end(isRefusal ? `<h1>${explain(error.code)}</h1>` : "<h1>Try again</h1>")
  }
})

async function answerTo(route, request) {
  switch (route) {
    case "POST /checkout":
      return checkOut(await formOf(request))
    case "POST /paid":
      return tookMoney(await formOf(request))
    case "GET /orders":
      return JSON.stringify([...orders.values()])
    default:
      return page
  }
}

async function formOf(request) {
  let text = ""
  for await (const part of request) text += part
  return Object.fromEntries(new URLSearchParams(text))
}

function explain(code) {
  return code === "hold_expired" ? "Your reservation has expired" : `Not possible (${code})`
}

server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/`),
)
