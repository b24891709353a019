import { request as httpRequest, type IncomingMessage } from "node:http"
import { request as httpsRequest } from "node:https"
import { isIP } from "node:net"
import { inOutgoingSpan } from "../base/tracing.ts"
import { signWebhook } from "../payments/standard-webhooks.ts"
import { anyLookup, isPublicAddress, PrivateAddress, publicLookup, type FindAddresses } from "./addresses.ts"

/** One message to one address. */
export interface Message {
  readonly url: string
  readonly id: string
  readonly body: string
  /** Each is `whsec_` and a key in base64. The message is signed with all of them. */
  readonly secrets: readonly string[]
}

/** How messages are sent. */
export interface PostOptions {
  /** False allows only addresses in the public internet. */
  readonly allowPrivate: boolean
  /** Limit of the whole exchange; 15 seconds if not given. */
  readonly timeoutMs?: number
  readonly findAddresses: FindAddresses
}

/** A receiver's answer. */
export interface Answer {
  readonly status: number
  /** `Retry-After` in seconds; null if it is missing or malformed. */
  readonly retryAfterSeconds: number | null
}

const TIMEOUT_MS = 15_000
/** The body is not used. A short one is received in full, so that the receiver sees no broken connection. */
const LONGEST_ANSWER_BYTES = 64 * 1024

/**
 * Posts a message with the headers of Standard Webhooks and returns the answer, whatever its status. Redirects
 * are not followed. Rejects if there is no answer in time, if the address is refused ({@link PrivateAddress}),
 * or if `signal` is aborted.
 *
 * Only the status counts: an answer with a body that is too long, or does not end in time, is still an answer.
 */
export function postEvent(message: Message, options: PostOptions, signal: AbortSignal): Promise<Answer> {
  const url = new URL(message.url)
  const { allowPrivate, timeoutMs = TIMEOUT_MS, findAddresses } = options
  // Node does not look up an address that is written in the URL, so `lookup` would not check it.
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1")
  if (!allowPrivate && isIP(name) !== 0 && !isPublicAddress(name)) {
    return Promise.reject(
      new PrivateAddress(`${name} is a private address, and WEBHOOK_ALLOW_PRIVATE is not set`),
    )
  }
  return inOutgoingSpan(
    "outgoing event",
    { "server.address": url.host, "doorbuster.event_id": message.id },
    (traceHeaders) =>
      exchange(url, message, { allowPrivate, timeoutMs, findAddresses }, signal, traceHeaders),
    ({ status }) => status,
  )
}

function exchange(
  url: URL,
  message: Message,
  { allowPrivate, timeoutMs, findAddresses }: Required<PostOptions>,
  signal: AbortSignal,
  traceHeaders: Readonly<Record<string, string>>,
): Promise<Answer> {
  const send = url.protocol === "https:" ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: "POST",
      headers: { ...headersOf(message), ...traceHeaders },
      // A new connection for each message, because the receiver may close a kept one just when it is used again.
      agent: false,
      lookup: (allowPrivate ? anyLookup : publicLookup)(findAddresses),
      signal,
    })
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
    let answer: Answer | null = null
    let failure: unknown
    request.on("error", (error) => (failure = error))
    request.on("close", () => {
      clearTimeout(timer)
      if (answer === null) reject(failure ?? new Error("the connection was closed without an answer"))
      else resolve(answer)
    })
    request.on("response", (response) => {
      answer = { status: response.statusCode ?? 0, retryAfterSeconds: retryAfter(response) }
      response.on("error", () => undefined)
      let bytes = 0
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > LONGEST_ANSWER_BYTES) request.destroy()
      })
    })
    request.end(message.body)
  })
}

function headersOf({ id, body, secrets }: Message): Record<string, string | number> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const keys = secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ""), "base64"))
  return {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "user-agent": "doorbuster",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": keys.map((key) => signWebhook(key, { id, timestamp }, body)).join(" "),
  }
}

/** Reads seconds or an HTTP date. `Date.parse` alone would read `-5` as a month and a date without GMT as local time. */
function retryAfter({ headers }: IncomingMessage): number | null {
  const text = headers["retry-after"]
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const moment = /^[A-Z][a-z]+, .*\bGMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(moment) ? null : Math.max(0, Math.ceil((moment - Date.now()) / 1000))
}
