import { summarise } from "../row.ts"
import { alternate, createScenarioRunner, WrongResult } from "../runs.ts"
import { ENDLESS, purchasesOf } from "../scenarios.ts"
import { createProductWithDetails, startDoorbuster } from "../servers/doorbuster.ts"
import { startSlowMailServer } from "../servers/mail-server.ts"
import type { Server } from "../servers/server.ts"
import type { Bench } from "./trial.ts"

/** What each buyer tells. */
const DETAILS = {
  email: "vreni.buyer@example.com",
  name: "Vreni Buyer",
  phone: "+41 44 668 18 00",
  shipping_address: { line1: "Bahnhofstrasse 1", city: "Zug", postal_code: "6300", country: "CH" },
}
/** What the mail server takes in a second: far less than a sale sells. */
const MAILS_PER_SECOND = 5

/**
 * The rate of checkouts of a product that asks its buyers for nothing, of one that asks for what a parcel needs, and of
 * such a product on a second server that mails receipts, through a mail server that cannot keep up: in turn.
 * `ratio_to.doorbuster` is what details cost; the ratio of the last two is what mail costs.
 */
export async function details(bench: Bench): Promise<void> {
  const server = await bench.server("doorbuster")
  const asking: Server = { ...server, name: "doorbuster-details" }
  const mails = await startSlowMailServer(MAILS_PER_SECOND)
  const mailing = await startDoorbuster(bench.workspace, {
    name: "doorbuster-mail",
    environment: {
      SMTP_URL: mails.url,
      MAIL_FROM: "orders@shop.example",
      PUBLIC_URL: "https://shop.example",
    },
  })
  try {
    const runners = [
      createScenarioRunner(server, await bench.scenario("checkout").prepare(server)),
      createScenarioRunner(asking, await askingPurchases(asking)),
      createScenarioRunner(mailing, await askingPurchases(mailing)),
    ]
    const rounds = await alternate(runners, bench.settings, (runner, { perSecond, p99Ms }) =>
      bench.progress(`details ${runner.server.name}: ${Math.round(perSecond)}/s, p99 ${p99Ms.toFixed(1)} ms`),
    )
    const violations = await mailing.verify()
    if (violations.length > 0) throw new WrongResult(violations.join("\n"))
    if (mails.taken() === 0) throw new WrongResult("no receipt was mailed")
    bench.record(
      summarise("details", rounds, (name): Record<string, number> =>
        name === "doorbuster-mail" ? { mails_taken: mails.taken() } : {},
      ),
    )
  } finally {
    await mailing.stop()
    await mails.stop()
  }
}

async function askingPurchases(server: Server) {
  return purchasesOf(server, await createProductWithDetails(server, ENDLESS), DETAILS)
}
