import { CountryListWire, countryListJson } from "../../../wire/address-layout.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"

/** Registers `GET /api/addresses`. */
export function registerListCountries(app: App): void {
  app.route({
    method: "GET",
    url: "/api/addresses",
    schema: {
      summary: "List the countries of addresses",
      description:
        "Returns all country codes that an address may have. A product may restrict them with `shipping_countries`.",
      tags: ["orders"],
      response: { 200: CountryListWire, ...problemResponses },
    },
    handler(_request, reply) {
      void reply.header("cache-control", "public, max-age=86400")
      return countryListJson()
    },
  })
}
