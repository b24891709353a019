import { isLoopback } from "./addresses.ts"
import type { Config } from "./config.ts"
import { ConfigError } from "./config-error.ts"
import { PUBLIC_URL_SHAPE } from "./mail.ts"
import { checkPaymentPage, type PaymentPageConfig } from "./payment-page.ts"

type SimulatorConfig = Pick<Config, "adminToken" | "simulatorUrl" | "simulatorSecret">
type MailConfig = Pick<Config, "adminToken" | "mail" | "publicUrl">

/** Refuses settings that are valid one by one but unsafe together for a server. Throws {@link ConfigError}. */
export function checkServing(
  config: Pick<Config, "host"> & PaymentPageConfig & SimulatorConfig & MailConfig,
): void {
  if (config.adminToken === null && !isLoopback(config.host)) {
    throw new ConfigError(
      `HOST is "${config.host}" but must be a loopback address such as 127.0.0.1 while ADMIN_TOKEN is not set`,
    )
  }
  if (config.adminToken !== null && config.paymentWebhookSecret === null) {
    throw new ConfigError(
      "PAYMENT_WEBHOOK_SECRET is not set; with ADMIN_TOKEN it must be whsec_ and the key in base64",
    )
  }
  checkSimulator(config)
  checkPaymentPage(config)
  checkMail(config)
}

/** Refuses mails whose links would lead nowhere. Throws {@link ConfigError}. */
export function checkMail({ adminToken, mail, publicUrl }: MailConfig): void {
  if (adminToken !== null && mail !== null && publicUrl === null) {
    throw new ConfigError(
      `PUBLIC_URL is not set; with SMTP_URL and ADMIN_TOKEN it must be ${PUBLIC_URL_SHAPE}`,
    )
  }
}

/**
 * Refuses a simulator in closed mode, where it would report payments that real customers never made, and a simulator
 * address without the secret. Throws {@link ConfigError}.
 */
export function checkSimulator({ adminToken, simulatorUrl, simulatorSecret }: SimulatorConfig): void {
  const set = simulatorUrl !== null ? "SIMULATOR_URL" : simulatorSecret !== null ? "SIMULATOR_SECRET" : null
  if (adminToken !== null && set !== null) {
    throw new ConfigError(`${set} is set together with ADMIN_TOKEN; the simulator runs in open mode only`)
  }
  if (simulatorUrl !== null && simulatorSecret === null) {
    throw new ConfigError(
      "SIMULATOR_SECRET is not set; with SIMULATOR_URL it must be whsec_ and the key in base64",
    )
  }
}

/**
 * Whether a server runs a payment simulator itself: in open mode, without SIMULATOR_URL, and as one process only, since
 * the simulator keeps its payments in memory.
 */
export function hasOwnSimulator({ adminToken, simulatorUrl, processes }: Config): boolean {
  return adminToken === null && simulatorUrl === null && processes === 1
}
