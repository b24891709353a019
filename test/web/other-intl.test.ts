import { execFileSync } from "node:child_process"
import { readdir, readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { otherIntl } from "../support/other-intl.ts"

/** Converts and formats sample amounts in a process of its own. */
const reading = `
  const { decimalAmount } = await import("./src/domain/money.ts")
  const { amountForStripe, moneyFromStripe } = await import("./src/payments/stripe-money.ts")
  const { minorIn, priceOf } = await import("./web/shared/money.ts")
  const { isCurrentCurrency } = await import("./client/src/currencies.ts")
  const codes = ["EUR", "JPY", "KWD", "HUF", "COP", "IDR", "PKR", "RSD", "ISK", "BGN", "ABC"]
  console.log(JSON.stringify(codes.map((code) => ({
    code,
    isCurrent: isCurrentCurrency(code),
    decimal: decimalAmount(4990, code),
    price: priceOf(4990, code),
    typed: minorIn("4990", code),
    toStripe: amountForStripe(4990, code),
    fromStripe: moneyFromStripe(499000, code.toLowerCase()),
  }))))`

function readIn(preload: string): readonly Record<string, unknown>[] {
  const printed = execFileSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(preload)}`, "--input-type=module", "-e", reading],
    { encoding: "utf8", cwd: new URL("../../", import.meta.url) },
  )
  return JSON.parse(printed) as readonly Record<string, unknown>[]
}

test("an Intl with other decimals and currencies changes no amount", () => {
  const here = readIn("")
  const elsewhere = readIn(otherIntl)

  expect(elsewhere).toEqual(here)
  expect(here.find(({ code }) => code === "HUF")).toEqual({
    code: "HUF",
    isCurrent: true,
    decimal: "4990",
    // Intl formats it with a no-break space.
    price: "HUF\u00A04,990",
    typed: 4_990,
    toStripe: 499_000,
    fromStripe: { amountMinor: 4_990, currency: "HUF" },
  })
})

// Formatting may differ between platforms, decisions may not. Only these files use such methods, to format the following.
const formatting: Readonly<Record<string, string>> = {
  "client/src/languages.ts": "counts, and the plural form of texts",
  "src/mail/mail-language.ts": "amounts and names of countries in mails",
  "src/simulator/words.ts": "amounts on the simulator's page, with decimals from currencies.ts",
  "web/shared/countries.ts": "names of countries in the page's language, and the country of a language",
  "web/shared/unit-texts.ts": "counts of units, in English",
  "web/shared/money.ts": "prices, with decimals from currencies.ts, and the sign that may be typed with them",
  "web/shared/dates.ts": "times, in a given time zone and language",
}

test("no other code uses Intl or locale methods", async () => {
  const root = new URL("../../", import.meta.url)
  const paths = await Promise.all(
    ["src", "web", "client/src"].map(async (room) =>
      (await readdir(new URL(`${room}/`, root), { recursive: true })).map((path) => `${room}/${path}`),
    ),
  )
  const sources = paths.flat().filter((path) => /\.tsx?$/.test(path))
  expect(sources.length).toBeGreaterThan(100)
  const asking: string[] = []
  for (const path of sources) {
    const text = await readFile(new URL(path, root), "utf8")
    const code = text.replaceAll(/^\s*(?:\*|\/[/*]).*$/gm, "")
    if (/\bIntl\.(?!StringNumericLiteral)|\.toLocale|\.localeCompare\(/.test(code)) asking.push(path)
  }
  expect(asking.sort()).toEqual(Object.keys(formatting).sort())
})
