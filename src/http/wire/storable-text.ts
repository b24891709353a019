/** The longest text that is looked for: two names of 255 characters. */
const LONGEST_TEXT = 2 * 255

/** True for text that PostgreSQL stores unchanged and that is not longer than any name or key. */
export function isStorable(text: unknown): text is string {
  return typeof text === "string" && text.length <= LONGEST_TEXT && !/[\0\ud800-\udfff]/u.test(text)
}
