// A shop's web server in small: serves page.html, order.html and the client to browsers. Usage: node examples/shop.mjs [port]
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"

const port = Number(process.argv[2] ?? 8080)
const engine = process.env.DOORBUSTER_URL ?? "http://127.0.0.1:8000"

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://shop")
  try {
    const [type, content] = await contentOf(pathname)
    response.setHeader("content-type", type)
    response.end(content)
  } catch {
    response.statusCode = 404
    response.end("Page not found.")
  }
})
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`))

async function contentOf(pathname) {
  const file = { "/": "page.html", "/order": "order.html" }[pathname]
  if (file !== undefined) {
    const page = await readFile(new URL(file, import.meta.url), "utf8")
    return ["text/html; charset=utf-8", page.replace("http://127.0.0.1:8000", engine)]
  }
  const [, name] = /^\/doorbuster-client\/([a-z-]+\.js)$/.exec(pathname) ?? []
  return [
    "text/javascript; charset=utf-8",
    await readFile(new URL(`../client/dist/${name}`, import.meta.url)),
  ]
}
