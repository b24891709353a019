import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** The secret key that the service knows. */
export const CHALLENGE_SECRET = "the-secret-key-of-the-service"

type Behaviour = (response: ServerResponse, form: Readonly<Record<string, string>>) => void

/** A service of the form siteverify on loopback. */
export interface Verifier extends AsyncDisposable {
  readonly url: string
  /** A script that draws a button, and solves the challenge when it is pressed. */
  readonly script: string
  /** A script that defines an element as Cap's does, with the same button. It fetches from the endpoint, and has styles of its own. */
  readonly capScript: string
  /** What it was asked. */
  readonly asked: readonly Record<string, string>[]
  /** Sets how it answers; null: as at first, only `good` is solved. */
  behave(how: Behaviour | null): void
}

const script = `globalThis.turnstile = {
  render(place, { sitekey, callback }) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = "I am human at " + sitekey
    button.addEventListener("click", () => callback("good"))
    place.append(button)
  },
}`

const capScript = `customElements.define("cap-widget", class extends HTMLElement {
  connectedCallback() {
    const endpoint = this.getAttribute("data-cap-api-endpoint")
    this.attachShadow({ mode: "open" }).innerHTML = "<style>button { color: rgb(1, 2, 3) }</style><button type=button></button>"
    const button = this.shadowRoot.querySelector("button")
    button.textContent = "I am human at " + endpoint
    const worker = new Worker(URL.createObjectURL(new Blob(["postMessage('good')"])))
    worker.onmessage = ({ data }) => {
      button.onclick = async () => {
        await fetch(endpoint + "challenge", { method: "POST" })
        await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))
        this.dispatchEvent(new CustomEvent("solve", { detail: { token: data } }))
      }
    }
  }
})`

/** Starts the service. */
export async function startVerifier(): Promise<Verifier> {
  const asked: Record<string, string>[] = []
  const usual: Behaviour = (response, form) =>
    void response.end(
      JSON.stringify({ success: form["secret"] === CHALLENGE_SECRET && form["response"] === "good" }),
    )
  let answer = usual
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      response.setHeader("content-type", "text/javascript")
      return void response.end(request.url === "/assets/widget.js" ? capScript : script)
    }
    response.setHeader("access-control-allow-origin", "*")
    if (request.url?.endsWith("/challenge") === true) return void response.end("{}")
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (body += chunk))
    request.on("end", () => {
      const form = Object.fromEntries(new URLSearchParams(body))
      asked.push(form)
      answer(response, form)
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${origin}/siteverify`,
    script: `${origin}/api.js`,
    capScript: `${origin}/assets/widget.js`,
    asked,
    behave: (how) => void (answer = how ?? usual),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
