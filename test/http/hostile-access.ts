import type { HostileRequest } from "../support/hostile-request.ts"
import { complaintsAbout } from "../support/problem.ts"

/** Requests about access codes and phases that match no schema. The codes that do, and are unknown, are in access-codes.test.ts. */

const codes: readonly unknown[] = [
  null,
  17,
  true,
  "",
  [],
  ["7K2M-9QXB-4TNE"],
  {},
  { code: "7K2M-9QXB-4TNE" },
  "7K2M\u0000",
  "7K2M\n9QXB",
  "7K2M\u007f",
  "\uD800",
  "x".repeat(65),
  "ﷺ".repeat(65),
  "x".repeat(20_000),
]

interface Target {
  readonly path: string
  readonly body: (code: unknown) => object
  readonly needsCode: boolean
}

const targets: readonly Target[] = [
  {
    path: "/api/holds",
    body: (access_code) => ({ product_id: 1, qty: 1, access_code }),
    needsCode: false,
  },
  { path: "/api/products/1/access", body: (access_code) => ({ access_code }), needsCode: false },
  { path: "/api/admin/products/1/codes/find", body: (access_code) => ({ access_code }), needsCode: true },
  { path: "/api/admin/products/1/codes/revoke", body: (access_code) => ({ access_code }), needsCode: true },
]

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "(nothing)"
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

const wrongCodes = targets.flatMap(({ path, body, needsCode }) =>
  [...codes, ...(needsCode ? [undefined] : [])].map((code): HostileRequest => ({
    name: `POST ${path} with the code ${shown(code)}`,
    method: "POST",
    path,
    json: body(code),
    status: 422,
    code: "invalid_request",
    members: complaintsAbout("/access_code"),
  })),
)

const phases: readonly (readonly [unknown, string])[] = [
  ["none", "/phases"],
  [{}, "/phases"],
  [[], "/phases"],
  [[null], "/phases/0"],
  [["codes"], "/phases/0"],
  [[{ from: 0 }], "/phases/0/from"],
  [[{ from: "12:00" }], "/phases/0/from"],
  [[{ from: "2026-13-01T10:00:00Z" }], "/phases/0/from"],
  [[{ until: "9999-12-31T23:59:59Z" }], "/phases/0/until"],
  [[{ until: {} }], "/phases/0/until"],
  [[{ max_per_customer: -1 }], "/phases/0/max_per_customer"],
  [[{ max_per_customer: 1e300 }], "/phases/0/max_per_customer"],
  [[{ max_per_customer: "1" }], "/phases/0/max_per_customer"],
  [[{ unknown: 1 }], "/phases/0/unknown"],
]

const wrongPhases = phases.map(([value, pointer]): HostileRequest => ({
  name: `PATCH /api/admin/products/1 with the phases ${shown(value)}`,
  method: "PATCH",
  path: "/api/admin/products/1",
  json: { phases: value },
  status: 422,
  code: "invalid_request",
  members: complaintsAbout(pointer),
}))

const wrongIds = ["0", "-1", "1.5", "x", "9007199254740992", "%00", "1%20"].map((id): HostileRequest => ({
  name: `POST /api/products/${id}/access`,
  method: "POST",
  path: `/api/products/${id}/access`,
  json: {},
  status: 404,
  code: "product_not_found",
}))

/** What is wrong with a request for new codes, and where. */
const additions: readonly (readonly [object, string])[] = [
  [{ set: undefined }, "/set"],
  [{ set: null }, "/set"],
  [{ set: 17 }, "/set"],
  [{ set: "" }, "/set"],
  [{ set: "press\u0000" }, "/set"],
  [{ set: "a,b" }, "/set"],
  [{ set: "x".repeat(65) }, "/set"],
  [{ count: null }, "/count"],
  [{ count: "1" }, "/count"],
  [{ count: -1 }, "/count"],
  [{ count: 1.5 }, "/count"],
  [{ count: 1e300 }, "/count"],
  [{ length: 1_000_000 }, "/length"],
  [{ length: "12" }, "/length"],
  [{ units: 1e300 }, "/units"],
  [{ units: -1 }, "/units"],
  [{ units: [] }, "/units"],
  [{ count: undefined, codes: "7K2M-9QXB-4TNE" }, "/codes"],
  [{ count: undefined, codes: [] }, "/codes"],
  [{ count: undefined, codes: ["7K2M\u0000"] }, "/codes/0"],
  [{ count: undefined, codes: [null] }, "/codes/0"],
  [{ count: undefined, codes: ["x".repeat(20_000)] }, "/codes/0"],
  [{ uses: 1 }, "/uses"],
]

const wrongAdditions = additions.map(([change, pointer]): HostileRequest => ({
  name: `POST /api/admin/products/1/codes with ${shown(change)} at ${pointer}`,
  method: "POST",
  path: "/api/admin/products/1/codes",
  json: { set: "press", count: 1, ...change },
  status: 422,
  code: "invalid_request",
  members: complaintsAbout(pointer),
}))

const productIds = ["0", "-1", "1.5", "x", "9007199254740992", "%00", "999999"]
const unknownProducts = productIds.flatMap((id) => {
  const codesOf = `/api/admin/products/${id}/codes`
  const wanted = { status: 404, code: "product_not_found" } as const
  return [
    { name: `GET ${codesOf}`, method: "GET", path: codesOf, ...wanted },
    { name: `POST ${codesOf}`, method: "POST", path: codesOf, json: { set: "press", count: 1 }, ...wanted },
  ] satisfies readonly HostileRequest[]
})

/** All of them. */
export const hostileAccess: readonly HostileRequest[] = [
  ...wrongCodes,
  ...wrongPhases,
  ...wrongIds,
  ...wrongAdditions,
  ...unknownProducts,
]
