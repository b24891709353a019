import type { HostileRequest } from "../support/hostile-request.ts"
import { complaintsAbout } from "../support/problem.ts"

/** Requests for codes and tries of codes that match no schema. */

const emails: readonly unknown[] = [
  undefined,
  null,
  17,
  true,
  "",
  " ",
  [],
  ["ada@example.com"],
  {},
  "ada",
  "ada@",
  "@example.com",
  "ada@example",
  "ada@@example.com",
  " ada@example.com",
  "ada@example.com ",
  "ada@example.com, eve@example.com",
  "ada@example.com;eve@example.com",
  "ada@example.com\r\nBcc: eve@example.com",
  "ada@example.com\n",
  "Ada <ada@example.com>",
  '"ada"@example.com',
  "ada(comment)@example.com",
  "ada\u0000@example.com",
  "ada\u200B@example.com",
  "ada@exam\u3002ple.com",
  "\uD800@example.com",
  `${"a".repeat(65)}@example.com`,
  `a@${"b".repeat(250)}.com`,
  "a".repeat(20_000),
]

const codes: readonly unknown[] = [
  undefined,
  null,
  123_456,
  true,
  "",
  "12345",
  "1234567",
  "12345a",
  "12 345",
  " 123456",
  "123456\n",
  "-12345",
  "1e5555",
  "١٢٣٤٥٦",
  "１２３４５６",
  ["123456"],
  { toString: "123456" },
  "1".repeat(20_000),
  "12345\u0000",
]

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60)
}

function refused(path: string, valid: object, member: string, values: readonly unknown[]): HostileRequest[] {
  return values.map((value, index) => ({
    name: `POST ${path} with ${member} ${index}: ${shown(value)}`,
    method: "POST",
    path,
    json: { ...valid, [member]: value },
    status: 422,
    code: "invalid_request",
    members: complaintsAbout(`/${member}`),
  }))
}

const asking = { email: "ada@example.com" }
const entering = { email: "ada@example.com", code: "123456" }

/** All of them; none changes anything. */
export const hostileMailboxes: readonly HostileRequest[] = [
  ...refused("/api/customers/codes", asking, "email", emails),
  ...refused("/api/customers/codes", asking, "language", [
    null,
    1,
    "",
    "en-GB",
    "xx",
    "__proto__",
    ["en"],
    {},
  ]),
  ...refused("/api/customers/codes", asking, "challenge", [null, 1, {}, [], "x".repeat(10_001)]),
  ...refused("/api/customers/codes", asking, "customer_id", ["anna"]),
  ...refused("/api/orders/find", asking, "email", emails),
  ...refused("/api/orders/find", asking, "language", ["de"]),
  ...refused("/api/customers", entering, "email", emails),
  ...refused("/api/customers", entering, "code", codes),
  ...refused("/api/customers", entering, "mailbox", ["mailbox:x"]),
]
