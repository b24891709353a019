type Headers = Readonly<Record<string, string>>

/** The bytes of a request without a body, as text. */
export function getRequest(host: string, path: string, headers: Headers = {}): string {
  return `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines(headers)}\r\n`
}

/** The bytes of a request with a JSON body, as text. The body must be ASCII. */
export function jsonRequest(
  host: string,
  method: string,
  path: string,
  body: object,
  headers: Headers = {},
): string {
  const text = JSON.stringify(body)
  const length = `content-type: application/json\r\ncontent-length: ${text.length}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${length}${lines(headers)}\r\n${text}`
}

function lines(headers: Headers): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")
}
