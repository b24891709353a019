import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import scalar from "@scalar/fastify-api-reference"
import Fastify from "fastify"

/** The address of the page that shows the API's description; its files are below it. */
const PREFIX = "/docs"

/**
 * Writes the page that shows the API's description, and its script, into `directory`: what the library's plugin answers.
 * The server would need a second at each start to load the library, and 4 MB of memory.
 */
export async function writeApiReference(directory: string): Promise<void> {
  const server = Fastify()
  await server.register(scalar, {
    routePrefix: PREFIX,
    // Everything that would contact another company's service is switched off.
    configuration: {
      url: "/openapi.json",
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: "never",
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  })
  await rm(directory, { recursive: true, force: true })
  await mkdir(join(directory, "js"), { recursive: true })
  for (const [address, file] of [
    [`${PREFIX}/`, "index.html"],
    [`${PREFIX}/js/scalar.js`, "js/scalar.js"],
  ] as const) {
    const { statusCode, rawPayload } = await server.inject(address)
    if (statusCode !== 200) throw new Error(`the library for the API's description has no ${address}`)
    await writeFile(join(directory, file), rawPayload)
  }
  await server.close()
}
