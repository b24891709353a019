import { describe, expect, test } from "vitest"
import {
  DatabaseUrlError,
  readDatabaseUrl,
  searchPathIn,
  withDatabaseName,
  withSchema,
} from "../src/base/database-url.ts"

describe("the servers that a connection string names", () => {
  test.each<[string, readonly string[]]>([
    ["postgresql://u:p@h:5433/db", ["postgresql://u:p@h:5433/db"]],
    ["postgres://h", ["postgres://h"]],
    ["postgresql://", ["postgresql://"]],
    ["postgresql:///db", ["postgresql:///db"]],
    ["postgresql://u@[::1]:5432/db", ["postgresql://u@[::1]:5432/db"]],
    ["postgresql://%2Frun%2Fpg/db", ["postgresql://%2Frun%2Fpg/db"]],
    ["postgresql://u:p@h/db?sslmode=require", ["postgresql://u:p@h/db?sslmode=require"]],
    ["postgresql://u@h/db?port=77", ["postgresql://u@h:77/db"]],
    ["postgresql:///db?host=/run/pg", ["postgresql://localhost/db?host=%2Frun%2Fpg"]],
    ["postgresql://u:p@x:1/db?host=/run/pg", ["postgresql://u:p@localhost:1/db?host=%2Frun%2Fpg"]],
    [
      "postgresql://a:1,b:2,[::1]:3/db",
      ["postgresql://a:1/db", "postgresql://b:2/db", "postgresql://[::1]:3/db"],
    ],
    [
      "postgresql://u:p@a,b:2/db?ssl=true",
      ["postgresql://u:p@a/db?ssl=true", "postgresql://u:p@b:2/db?ssl=true"],
    ],
    [
      "postgresql:///db?host=a,b&port=1,2&target_session_attrs=read-write",
      ["postgresql://localhost:1/db?host=a", "postgresql://localhost:2/db?host=b"],
    ],
    [
      "postgresql:///db?host=a,b&port=7",
      ["postgresql://localhost:7/db?host=a", "postgresql://localhost:7/db?host=b"],
    ],
    // A percent sign that begins no escape stands for itself.
    ["postgresql://u:100%@h/db", ["postgresql://u:100%25@h/db"]],
    ["postgresql://u:50%4A%@h/db", ["postgresql://u:50%4A%25@h/db"]],
  ])("%s", (url, servers) => {
    expect(readDatabaseUrl(url).servers.map((server) => server.url)).toEqual(servers)
  })
})

test("its options are kept, and parameters that would win over the program's settings are not", () => {
  const parameters =
    "options=-c%20search_path%3Dshop&statement_timeout=1&application_name=x&sslmode=disable&pgbouncer=true"

  const address = readDatabaseUrl(`postgresql://u:p@h/db?${parameters}`)

  expect(address).toEqual({
    servers: [{ url: "postgresql://u:p@h/db?sslmode=disable", name: "h" }],
    options: "-c search_path=shop",
    isPooled: false,
    ignored: ["statement_timeout", "application_name", "pgbouncer"],
  })
})

test.each([
  ["postgresql://u:p@h/db", "-c search_path=shop"],
  ["postgresql://u:p@h:1,i:2/db?sslmode=disable", "-c search_path=shop"],
  ["postgresql://h/db?options=-c%20work_mem%3D7MB", "-c work_mem=7MB -c search_path=shop"],
  [
    "postgresql:///db?host=/run/pg&options=-c%20search_path%3Dother",
    "-c search_path=other -c search_path=shop",
  ],
])("%s with a schema", (url, options) => {
  const changed = readDatabaseUrl(withSchema(url, "shop"))

  expect(changed).toEqual({ ...readDatabaseUrl(url), options })
  expect(searchPathIn(changed.options)).toBe("shop")
})

test.each([
  ["", null],
  ["-c work_mem=7MB", null],
  ["-csearch_path=a", "a"],
  ["--search_path=a -c jit=on", "a"],
  [String.raw`-c search_path=a,\ b`, "a, b"],
  ["-c search_path=a -c search_path=b", "b"],
])("the search path of %j", (options, path) => {
  expect(searchPathIn(options)).toBe(path)
})

// Each of them is a password, or a list of servers, that the driver would take for something else.
test.each([
  "postgresql://u:Zebra@Quagga@h:1/db",
  "postgresql://u:Zebra/Quagga@h:1/db",
  "postgresql://u:Zebra#Quagga@h:1/db",
  "postgresql://u:Zebra?Quagga@h:1/db",
  "postgresql://u:p@Zebra/w#Quagga@h/db",
  "postgresql://u:1/Quagga@h:1/db",
  "postgresql://u:1?Quagga=Zebra@h:1/db",
  "postgresql://u:1#Quagga@h:1/db",
  "postgresql://u:Zebra%E4Quagga@h:1/db",
  "postgresql://u:Zebra Quagga@h:1/db",
  "postgresql://h:99999/db",
  "postgresql://h:port/db",
  "postgresql://u@:5432/db",
  "postgresql://a,,b/db",
  "postgresql:///db?host=a,b,c&port=1,2",
  "postgresql:///db?host=a&port=Zebra",
  "postgresql://a,b/db?target_session_attrs=read-only",
  "postgresql://a/db?target_session_attrs=prefer-standby",
  "mysql://u:p@h/db",
])("refused, without a word of it in the message: %s", (url) => {
  expect(() => readDatabaseUrl(url)).toThrow(DatabaseUrlError)
  expect(() => readDatabaseUrl(url)).not.toThrow(/Zebra|Quagga/)
})

test.each([
  ["postgresql://u:p@h:1/db?sslmode=disable", "postgresql://u:p@h:1/other?sslmode=disable"],
  ["postgresql://u@/db?host=/run/pg", "postgresql://u@/other?host=/run/pg"],
  ["postgresql://a:1,b:2", "postgresql://a:1,b:2/other"],
])("another database of the servers of %s", (url, other) => {
  expect(withDatabaseName(url, "other")).toBe(other)
})
