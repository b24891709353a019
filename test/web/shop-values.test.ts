import { expect, test } from "vitest"
import type { ShopSettings } from "../../client/src/admin.ts"
import { changedShop, readColour, readHttpsUrl, readSupport, shadeText } from "../../web/admin/shop-values.ts"

test.each([
  ["#0B5FFF", "#0b5fff"],
  [" 0b5fff ", "#0b5fff"],
  ["#fc0", "#ffcc00"],
])("the colour %j is %s", (text, value) => {
  expect(readColour(text)).toEqual({ kind: "value", value })
})

test.each(["blue", "#12", "#12345", "#1234567", "rgb(1, 2, 3)", "#12345g"])("%j is no colour", (text) => {
  expect(readColour(text)).toMatchObject({ kind: "unreadable" })
})

test.each([
  ["help@shop.example", "value"],
  ["help@shop", "unreadable"],
  ["https://shop.example/help", "value"],
  ["", "empty"],
  ["http://shop.example", "unreadable"],
  ["mailto:help@shop.example", "value"],
  ["help", "unreadable"],
  ["javascript:alert(1)", "unreadable"],
])("%j as a way to get help is: %s", (text, kind) => {
  expect(readSupport(text).kind).toBe(kind)
})

test.each(["http://shop.example", "shop.example", "https://", "javascript:alert(1)", "//shop.example"])(
  "%j is no address that pages link to",
  (text) => {
    expect(readHttpsUrl(text)).toMatchObject({ kind: "unreadable" })
  },
)

test("a contrast is rounded down, so that one that is too low is not shown as 4.5", () => {
  // 4.46 to the darker of the light grounds.
  expect(shadeText("#737373", "light")).toMatch(
    /^Text in your colour would be 4\.2 : 1, and 4\.5 : 1 is needed/,
  )
  expect(shadeText("#707070", "light")).toMatch(/^Text in your colour would be 4\.4 : 1/)
  expect(shadeText("#595959", "light")).toMatch(/^Text in your colour: 6\.2 : 1, which can be read/)
})

test("only what differs is sent", () => {
  const links = { imprint: null, privacy: null, terms: null, returns: null, accessibility: null }
  const nothing = {
    name: null,
    support: null,
    accent: null,
    logo: null,
    icon: null,
    languages: null,
    lists_scheduled: true,
  }
  const before: ShopSettings = {
    ...nothing,
    links,
    default_name: "x",
    default_languages: ["en"],
    takes_payments: true,
    version: "v",
    updated_at: null,
  }
  const changes = { links: { ...links, terms: "https://shop.example/terms" }, accent: "#0b5fff" }
  expect(changedShop({ ...nothing, ...changes }, before)).toEqual(changes)
  expect(changedShop({ ...nothing, links }, before)).toEqual({})
})
