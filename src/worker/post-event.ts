import { request as httpRequest, type IncomingMessage } from "node:http"
import { request as httpsRequest } from "node:https"
import { isIP } from "node:net"
import { signWebhook } from "../payments/standard-webhooks.ts"
import { anyLookup, isPublicAddress, PrivateAddress, publicLookup, type FindAddresses } from "./addresses.ts"

/** One message to one address. */
export interface Message {
  readonly url: string
  readonly id: string
  readonly body: string
  /** `whsec_` and the key in base64; each signs. */
  readonly secrets: readonly string[]
}

/** How messages are sent. */
export interface PostOptions {
  /** False: only to addresses in the public internet. */
  readonly allowPrivate: boolean
  /** For the whole exchange; 15 seconds if not given. */
  readonly timeoutMs?: number
  readonly findAddresses: FindAddresses
}

/** What a receiver has answered. */
export interface Answer {
  readonly status: number
  /** `Retry-After` in seconds, as it was said; null: nothing, or nothing that makes sense. */
  readonly retryAfterSeconds: number | null
}

const TIMEOUT_MS = 15_000
/** Nobody here reads it; it is taken so that the receiver is not cut off in the middle of a short answer. */
const LONGEST_ANSWER_BYTES = 64 * 1024

/**
 * Posts a message with the headers of Standard Webhooks and returns what it was answered with, also when
 * that is a refusal. Redirects are answers like others. Rejects when there is no answer in time, the
 * address is refused ({@link PrivateAddress}) or `signal` says stop.
 *
 * What counts is the status: an answer whose body does not end in time, or is too long, is one all the same.
 */
export function postEvent(message: Message, options: PostOptions, signal: AbortSignal): Promise<Answer> {
  const url = new URL(message.url)
  const { allowPrivate, timeoutMs = TIMEOUT_MS, findAddresses } = options
  // An address that stands in the URL itself is never looked up.
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1")
  if (!allowPrivate && isIP(name) !== 0 && !isPublicAddress(name)) {
    return Promise.reject(new PrivateAddress(`${name} is a private address`))
  }
  const send = url.protocol === "https:" ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: "POST",
      headers: headersOf(message),
      // A connection for each: one that is kept may have been closed by the time it is needed again.
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

/** Seconds, or a date of HTTP. `Date.parse` alone takes `-5` for a month and a date without GMT for local time. */
function retryAfter({ headers }: IncomingMessage): number | null {
  const text = headers["retry-after"]
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const moment = /^[A-Z][a-z]+, .*\bGMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(moment) ? null : Math.max(0, Math.ceil((moment - Date.now()) / 1000))
}
