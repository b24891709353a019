import { ConfigError } from "./config-error.ts"
import { isLoopback } from "./addresses.ts"

/** The mail server and the sender. */
export interface MailSettings {
  readonly server: SmtpServer
  readonly from: { readonly name: string; readonly address: string }
}

/** A mail server and how it is spoken to. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** `always`: TLS from the first byte. `required`: STARTTLS, or no mail. `offered`: STARTTLS where the server has it. */
  readonly tls: "always" | "required" | "offered" | "off"
  readonly login: { readonly user: string; readonly pass: string } | null
}

/** The variables of mail. */
export interface MailEnvironment {
  SMTP_URL?: string
  MAIL_FROM?: string
  MAIL_PER_SECOND: number
  MAIL_CODES_PER_HOUR: number
  PUBLIC_URL?: string
  SHOP_NAME?: string
}

/** The allowed values of SMTP_URL, for error messages. */
const SMTP_URL_SHAPE =
  "smtps://user:password@host, smtp://user:password@host:587 or, never with TLS, smtp://host?tls=off"

/** The allowed values of MAIL_FROM, for error messages. */
const MAIL_FROM_SHAPE = "an address, or a name and an address such as My Shop <orders@shop.example>"

/** The allowed values of PUBLIC_URL, for error messages. */
export const PUBLIC_URL_SHAPE = "the storefront's address such as https://shop.example, without ? and #"

/** The default values and allowed values of the variables, as for `schema`. */
export const mailVariables = {
  SMTP_URL: { type: "string", minLength: 1, description: SMTP_URL_SHAPE },
  MAIL_FROM: { type: "string", minLength: 1, maxLength: 400, description: MAIL_FROM_SHAPE },
  MAIL_PER_SECOND: {
    type: "integer",
    minimum: 0,
    maximum: 10_000,
    default: 10,
    description: "a whole number from 0 (no limit) to 10000",
  },
  MAIL_CODES_PER_HOUR: {
    type: "integer",
    minimum: 0,
    maximum: 10_000_000,
    default: 10_000,
    description: "a whole number from 0 (no limit) to 10000000",
  },
  PUBLIC_URL: { type: "string", minLength: 1, description: PUBLIC_URL_SHAPE },
  SHOP_NAME: {
    type: "string",
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]{1,100}$",
    description: "a name of at most 100 characters",
  },
}

/** Makes the error for a variable whose value is not what the program expects. */
type BadValue = (name: string, value: string | undefined, expected: string) => ConfigError

/** The mail settings; null: mail is off. Throws {@link ConfigError} if one is missing or cannot be understood. */
export function mailSettings(env: MailEnvironment, badValue: BadValue): MailSettings | null {
  const { SMTP_URL: url, MAIL_FROM: from } = env
  if (url === undefined && from === undefined) return null
  if (url === undefined) {
    throw new ConfigError(`SMTP_URL is not set; with MAIL_FROM it must be ${SMTP_URL_SHAPE}`)
  }
  if (from === undefined) {
    throw new ConfigError(`MAIL_FROM is not set; with SMTP_URL it must be ${MAIL_FROM_SHAPE}`)
  }
  const server = smtpServer(url)
  if (server === null) throw badValue("SMTP_URL", url, SMTP_URL_SHAPE)
  if (server.login !== null && server.tls === "off" && !isLoopback(server.host)) {
    throw new ConfigError(
      "SMTP_URL has a password and tls=off, which would send the password unprotected; remove one of them",
    )
  }
  const sender = mailbox(from)
  if (sender === null) throw badValue("MAIL_FROM", from, MAIL_FROM_SHAPE)
  return { server, from: sender }
}

/** PUBLIC_URL without a slash at its end; null if it is not set. */
export function publicUrl(value: string | undefined, badValue: BadValue): string | null {
  if (value === undefined) return null
  const url = URL.canParse(value) ? new URL(value) : null
  const isPlain =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    `${url.search}${url.hash}${url.username}${url.password}` === "" &&
    !/[?#]/.test(value)
  if (!isPlain) throw badValue("PUBLIC_URL", value, PUBLIC_URL_SHAPE)
  return url.href.replace(/\/+$/, "")
}

/** SHOP_NAME, else the host of PUBLIC_URL, else the program's own name. */
export function shopName(
  { SHOP_NAME: name, PUBLIC_URL: url }: Pick<MailEnvironment, "SHOP_NAME" | "PUBLIC_URL">,
  badValue: BadValue,
): string {
  const address = publicUrl(url, badValue)
  return name ?? (address === null ? "Doorbuster" : new URL(address).host)
}

/** True if mails are written: they are sent, or in open mode can be read at `/simulator/mail`. */
export function hasMail({ adminToken, mail }: { adminToken: string | null; mail: object | null }): boolean {
  return adminToken === null || mail !== null
}

function smtpServer(value: string): SmtpServer | null {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "" || url.hash !== "") return null
  if (url.pathname !== "" && url.pathname !== "/") return null
  const isSecure = url.protocol === "smtps:"
  if (url.search !== "" && (isSecure || url.search !== "?tls=off")) return null
  const login = loginIn(url)
  if (login === "incomplete") return null
  const tls = isSecure ? "always" : url.search !== "" ? "off" : login === null ? "offered" : "required"
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1")
  return { host, port: url.port === "" ? (isSecure ? 465 : 587) : Number(url.port), tls, login }
}

function loginIn(url: URL): SmtpServer["login"] | "incomplete" {
  try {
    const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
    if (user === "" && pass === "") return null
    return user === "" || pass === "" ? "incomplete" : { user, pass }
  } catch {
    return "incomplete"
  }
}

const plainAddress = /^[^\s\p{C}@<>()[\]\\,;:"]{1,64}@[^\s\p{C}@<>()[\]\\,;:"]{1,190}$/u

function mailbox(value: string): MailSettings["from"] | null {
  const [, quoted = "", named] = /^(.*?)\s*<([^<>]*)>$/u.exec(value) ?? []
  const address = named ?? value.trim()
  const name = quoted.trim().replace(/^"(.*)"$/, "$1")
  if (!plainAddress.test(address) || /[\p{Cc}<>"]/u.test(name)) return null
  return { name, address }
}
