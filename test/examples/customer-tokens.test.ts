import { execFile, spawnSync } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { createCustomerTokens, signCustomer } from "../../src/http/access/customer-token.ts"

const SECRET = "a-secret-of-the-shop-with-32-or-more-characters: ü"
const ENDS_AT = 1_795_780_800
const directory = new URL("../../examples/customers/", import.meta.url).pathname

/** The table that every language has to sign in the same way. */
const vectors: readonly { customer: string; groups: readonly string[]; token: string }[] = [
  {
    customer: "anna",
    groups: [],
    token: "dbc1.YW5uYQ.1795780800..Ik71FTC75fJghPrLMiVRkDZkD324WiEVyGlKWQMWILY",
  },
  {
    customer: "anna@shop.example",
    groups: ["members", "early"],
    token:
      "dbc1.YW5uYUBzaG9wLmV4YW1wbGU.1795780800.bWVtYmVycyxlYXJseQ.bGAo7mM3NlG48TBDApE92lPjMfB9Jh2B2AoRohTjs6E",
  },
  {
    customer: "Zoë 東京 🎿 ?>~",
    groups: ["Größe"],
    token:
      "dbc1.Wm_DqyDmnbHkuqwg8J-OvyA_Pn4.1795780800.R3LDtsOfZQ.cEKpqKd2G1l4wVDu1_593iJGXcZ_sZIRqSh474ch0Yo",
  },
]

const run = promisify(execFile)
const [node = ""] = process.argv

/** Reads the vectors from the first argument, and prints a token for each. */
const languages: readonly (readonly [string, string, string[]])[] = [
  [
    "Node",
    node,
    [
      "--input-type=module",
      "-e",
      `import { customerToken } from "${directory}customer-token.mjs"
       const { secret, endsAt, vectors } = JSON.parse(process.argv[1])
       for (const { customer, groups } of vectors) console.log(customerToken(secret, customer, endsAt, groups))`,
    ],
  ],
  [
    "PHP",
    "php",
    [
      "-r",
      `require "${directory}customer_token.php";
       ["secret" => $secret, "endsAt" => $end, "vectors" => $vectors] = json_decode($argv[1], true);
       foreach ($vectors as $v) echo customer_token($secret, $v["customer"], $end, $v["groups"]), "\\n";`,
    ],
  ],
  [
    "Python",
    "python3",
    [
      "-c",
      `import json, sys
sys.path.insert(0, "${directory}"); sys.dont_write_bytecode = True
from customer_token import customer_token
given = json.loads(sys.argv[1])
for v in given["vectors"]: print(customer_token(given["secret"], v["customer"], given["endsAt"], v["groups"]))`,
    ],
  ],
  [
    "Ruby",
    "ruby",
    [
      "-e",
      `require "json"; require "${directory}customer_token.rb"
given = JSON.parse(ARGV[0])
given["vectors"].each { |v| puts customer_token(given["secret"], v["customer"], given["endsAt"], v["groups"]) }`,
    ],
  ],
]

const missing = languages.filter(([, program]) => spawnSync(program, ["--version"]).status !== 0)
const names = missing.map(([name]) => name).join(", ")
if (names !== "" && process.env["CI"] === "true") throw new Error(`Missing: ${names}`)
if (names !== "") console.log(`Skipped examples/customers: ${names} is missing.`)

const present = languages.filter((language) => !missing.includes(language))

test.each(present)("%s signs customers as the table says", async (_, program, args) => {
  const given = JSON.stringify({ secret: SECRET, endsAt: ENDS_AT, vectors })

  const { stdout } = await run(program, [...args, given])

  expect(stdout.trim().split("\n")).toEqual(vectors.map(({ token }) => token))
})

test("the guide shows the functions as they are", async () => {
  const guide = await readFile(new URL("../../docs/guides/signed-customers.md", import.meta.url), "utf8")
  for (const file of ["customer-token.mjs", "customer_token.php", "customer_token.py", "customer_token.rb"]) {
    const code = await readFile(`${directory}${file}`, "utf8")
    expect(guide).toContain(`\n${code.replace("<?php\n\n", "")}\`\`\``)
  }
})

test.each(vectors)(
  "the server reads the token of $customer as it was meant",
  ({ customer, groups, token }) => {
    expect(signCustomer(SECRET, { customerId: customer, groups, endsAt: ENDS_AT })).toBe(token)
    const tokens = createCustomerTokens([SECRET], null, () => ENDS_AT - 1)
    expect(tokens.verify(token)).toEqual({ customerId: customer, kind: "signed", groups })
  },
)
