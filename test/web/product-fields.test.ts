import { expect, test } from "vitest"
import { changedSettings, customerHint, customerTexts } from "../../web/admin/product-fields.ts"
import { lamp } from "./product.ts"

/** The settings of the lamp, as its form reads them. */
const settings = {
  name: lamp.name,
  description: lamp.description,
  image_url: lamp.image_url,
  currency: lamp.currency,
  price_minor: lamp.price_minor,
  opens_at: lamp.opens_at,
  closes_at: lamp.closes_at,
  max_per_hold: lamp.max_per_hold,
  max_per_customer: lamp.max_per_customer,
  hold_ttl_seconds: null,
  sku: null,
  external_id: null,
  stock_display: "exact" as const,
  customer: "any" as const,
}

test("a form sends only what differs: what an answer leaves out is not set, and its stock is shown exactly", () => {
  expect(changedSettings(settings, lamp)).toEqual({})
  expect(changedSettings({ ...settings, stock_display: "low" }, lamp)).toEqual({ stock_display: "low" })
  expect(changedSettings({ ...settings, customer: "signed" }, lamp)).toEqual({ customer: "signed" })
  expect(changedSettings(settings, { ...lamp, customer: "signed" })).toEqual({ customer: "any" })
  // The answer always has a hold time: the server's default, unless it says that it is the product's own.
  const own = { ...lamp, hold_ttl_seconds: 90, own_hold_ttl: true }
  expect(changedSettings({ ...settings, hold_ttl_seconds: 90 }, own)).toEqual({})
  expect(changedSettings(settings, own)).toEqual({ hold_ttl_seconds: null })
  expect(changedSettings({ ...settings, hold_ttl_seconds: 120 }, { ...lamp, hold_ttl_seconds: 120 })).toEqual(
    {
      hold_ttl_seconds: 120,
    },
  )
  expect(changedSettings({ ...settings, sku: "L-1" }, lamp)).toEqual({ sku: "L-1" })
  expect(changedSettings(settings, { ...lamp, external_id: "wc-7" })).toEqual({ external_id: null })
})

test("the form says what the server needs for the chosen customers, and for no others", () => {
  const needs = customerTexts.map(([kind]) => [
    kind,
    /CUSTOMER_SECRETS|SMTP_URL/.exec(customerHint(kind))?.[0],
  ])
  expect(needs).toEqual([
    ["any", undefined],
    ["named", undefined],
    ["signed", "CUSTOMER_SECRETS"],
    ["email", "SMTP_URL"],
  ])
})
