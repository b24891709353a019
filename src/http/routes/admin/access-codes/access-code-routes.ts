import { Type } from "typebox"
import { MOST_ACCESS_CODES } from "../../../../store/reads/access-codes.ts"
import {
  AccessCodeBody,
  AccessCodeSetsWire,
  AccessCodeWire,
  NewAccessCodesBody,
  NewAccessCodesWire,
  USUAL_CODE_LENGTH,
  accessCodeJson,
  accessCodeSetJson,
} from "../../../../wire/access-codes.ts"
import { newCode, normalCode } from "../../../access/access-code.ts"
import { needsRole } from "../../../access/admin-area.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { parseId } from "../../../wire/ids.ts"
import { problemResponses } from "../../../wire/problem-schema.ts"
import { refuse, type FieldError } from "../../../wire/problems.ts"

const tags = ["admin"]
const params = Type.Object({ id: Type.String() })
/** Ten thousand codes of 64 characters. */
const BODY_LIMIT_BYTES = 1_000_000
/** The fewest characters of an uploaded code that count. */
const FEWEST_CHARACTERS = 6

type AccessCodeServices = Pick<Services, "accessCodes" | "claimantOfCode" | "products">

/** Registers the routes for the access codes of a product. */
export function registerAccessCodeRoutes(admin: App, services: AccessCodeServices): void {
  registerAddAccessCodes(admin, services)
  registerListAccessCodes(admin, services)
  registerFindAccessCode(admin, services)
  registerRevokeAccessCode(admin, services)
}

async function existing({ products }: Pick<Services, "products">, text: string): Promise<number | null> {
  const id = parseId(text)
  return id === null || !(await products.exists(id)) ? null : id
}

function registerAddAccessCodes(admin: App, services: AccessCodeServices): void {
  const { accessCodes, claimantOfCode } = services
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/codes",
    bodyLimit: BODY_LIMIT_BYTES,
    schema: {
      summary: "Make or upload access codes",
      description:
        "With `count`, as many random codes are made, and the answer shows them: no later answer does, because only their digests are kept. With `codes`, your own are added. How a code is written does not matter: upper or lower case, hyphens and spaces, O for 0, I or L for 1.",
      tags,
      security: needsRole("manager"),
      params,
      body: NewAccessCodesBody,
      response: { 201: NewAccessCodesWire, ...problemResponses },
    },
    async handler(request, reply) {
      const { set, units = 1, count, length = USUAL_CODE_LENGTH, codes } = request.body
      const errors = tooShort(codes ?? [])
      if (errors.length > 0) return refuse(reply, { code: "invalid_request", errors })
      const id = await existing(services, request.params.id)
      if (id === null) return refuse(reply, { code: "product_not_found" })
      const made = codes === undefined ? Array.from({ length: count ?? 0 }, () => newCode(length)) : undefined
      const claimants = [...new Set((codes ?? made ?? []).map((code) => claimantOfCode(code)))]
      const added = await accessCodes.add(id, { set, units, claimants })
      if (added === null) return refuse(reply, tooMany)
      const known = claimants.length - added
      void reply.code(201).header("cache-control", "no-store")
      return { set, units, added, known, ...(made && { codes: made }) }
    },
  })
}

const tooMany = {
  code: "invalid_request",
  errors: [{ pointer: "/codes", detail: `a product can have ${MOST_ACCESS_CODES} access codes` }],
} as const

function tooShort(codes: readonly string[]): FieldError[] {
  return codes.flatMap((code, index) =>
    normalCode(code).length >= FEWEST_CHARACTERS
      ? []
      : [
          {
            pointer: `/codes/${index}`,
            detail: `must have ${FEWEST_CHARACTERS} characters besides hyphens and spaces`,
          },
        ],
  )
}

function registerListAccessCodes(admin: App, services: AccessCodeServices): void {
  admin.route({
    method: "GET",
    url: "/api/admin/products/:id/codes",
    schema: {
      summary: "List the sets of access codes, with how much of them is used",
      tags,
      security: needsRole("viewer"),
      params,
      response: { 200: AccessCodeSetsWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = await existing(services, request.params.id)
      if (id === null) return refuse(reply, { code: "product_not_found" })
      return { data: (await services.accessCodes.sets(id)).map(accessCodeSetJson) }
    },
  })
}

function registerFindAccessCode(admin: App, services: AccessCodeServices): void {
  const { accessCodes, claimantOfCode } = services
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/codes/find",
    schema: {
      summary: "Find an access code, with how much of it is used",
      tags,
      security: needsRole("support"),
      params,
      body: AccessCodeBody,
      response: { 200: AccessCodeWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = await existing(services, request.params.id)
      if (id === null) return refuse(reply, { code: "product_not_found" })
      const found = await accessCodes.find(id, claimantOfCode(request.body.access_code))
      return found === null ? refuse(reply, { code: "access_code_not_found" }) : accessCodeJson(found)
    },
  })
}

function registerRevokeAccessCode(admin: App, services: AccessCodeServices): void {
  const { accessCodes, claimantOfCode } = services
  admin.route({
    method: "POST",
    url: "/api/admin/products/:id/codes/revoke",
    schema: {
      summary: "Revoke an access code",
      description:
        "It lets no buyer in any more. What is held or ordered with it goes on. A revoked code stays revoked.",
      tags,
      security: needsRole("manager"),
      params,
      body: AccessCodeBody,
      response: { 200: AccessCodeWire, ...problemResponses },
    },
    async handler(request, reply) {
      const id = await existing(services, request.params.id)
      if (id === null) return refuse(reply, { code: "product_not_found" })
      const revoked = await accessCodes.revoke(id, claimantOfCode(request.body.access_code))
      return revoked === null ? refuse(reply, { code: "access_code_not_found" }) : accessCodeJson(revoked)
    },
  })
}
