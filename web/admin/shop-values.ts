import { accentShades, contrastOf, pageGrounds } from "../../src/base/accent.ts"
import type { ShopChangesBody, ShopLanguage, ShopSettings } from "../../client/src/admin.ts"
import type { Reading } from "./form-values.ts"

/** The languages that pages and mails can be in, by their own names. */
export const languageNames: Readonly<Record<ShopLanguage, string>> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  ja: "日本語",
  ar: "العربية",
}

const empty = { kind: "empty" } as const
const unreadable = (fault: string) => ({ kind: "unreadable", fault }) as const

/** Reads an address that pages link to or load a picture from. */
export function readHttpsUrl(text: string): Reading<string> {
  const address = text.trim()
  if (address === "") return empty
  const isHttps = URL.canParse(address) && address.startsWith("https://")
  return isHttps
    ? { kind: "value", value: address }
    : unreadable("Enter an address that begins with https://.")
}

/** Reads an e-mail address or an https address. The server looks more closely. */
export function readSupport(text: string): Reading<string> {
  const support = text.trim()
  if (support === "") return empty
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(support)) return { kind: "value", value: support }
  return readHttpsUrl(support).kind === "value"
    ? { kind: "value", value: support }
    : unreadable("Enter an e-mail address, or an address that begins with https://.")
}

/** Reads a colour as style guides write it: six digits, or three, with or without `#`. */
export function readColour(text: string): Reading<string> {
  const digits = text.trim().replace(/^#/, "").toLowerCase()
  if (digits === "") return empty
  if (!/^(?:[0-9a-f]{3}){1,2}$/.test(digits)) return unreadable("Enter six digits, such as #0b5fff.")
  const whole = digits.length === 6 ? digits : digits.replaceAll(/./g, "$&$&")
  return { kind: "value", value: `#${whole}` }
}

/** The settings that differ, so that saving does not undo changes made elsewhere in the meantime. */
export function changedShop(wanted: Required<ShopChangesBody>, before: ShopSettings): ShopChangesBody {
  const changed = Object.entries(wanted).filter(([name, value]) => {
    return JSON.stringify(value) !== JSON.stringify(before[name as keyof ShopChangesBody])
  })
  return Object.fromEntries(changed)
}

/** How a theme shows the shop's colour, in words: its contrast, and the shade that stands in where that is too low. */
export function shadeText(accent: string, theme: keyof typeof pageGrounds): string {
  const grounds = pageGrounds[theme]
  const { text } = accentShades(accent, grounds)
  const ratio = Math.min(...grounds.map((ground) => contrastOf(accent, ground)))
  // Rounded down: 4.46 must not be shown as 4.5, which would be enough.
  const shown = `${(Math.floor(ratio * 10) / 10).toFixed(1)} : 1`
  return text === accent
    ? `Text in your colour: ${shown}, which can be read.`
    : `Text in your colour would be ${shown}, and 4.5 : 1 is needed. Text uses ${text}; buttons keep your colour.`
}
