import { Type } from "typebox"
import { isCountry } from "../../../domain/address-fields.ts"
import { AddressLayoutWire, addressLayoutJson } from "../../../wire/address-layout.ts"
import { refuse } from "../../wire/problems.ts"
import { problemResponses } from "../../wire/problem-schema.ts"
import type { App } from "../../transport/typed-app.ts"

/** Registers `GET /api/addresses/{country}`. */
export function registerShowAddressLayout(app: App): void {
  app.route({
    method: "GET",
    url: "/api/addresses/:country",
    schema: {
      summary: "Read how a country writes its addresses",
      description:
        "Returns the fields of an address form in their order, whether each is required, and the lines of a printed address.",
      tags: ["orders"],
      params: Type.Object({
        country: Type.String({ description: "ISO 3166-1 alpha-2 code, such as `CH`, or `XK`" }),
      }),
      response: { 200: AddressLayoutWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { country } = request.params
      if (!isCountry(country)) {
        const error = { pointer: "/country", detail: "must be a country code of ISO 3166, such as CH" }
        return refuse(reply, { code: "invalid_request", errors: [error] })
      }
      void reply.header("cache-control", "public, max-age=86400")
      return addressLayoutJson(country)
    },
  })
}
