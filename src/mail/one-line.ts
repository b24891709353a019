/**
 * Makes a value one line of visible characters: line ends and other control characters become spaces, and marks that
 * turn the direction of text are dropped, so that a value can neither begin a header or a line of its own nor reorder
 * the text around it.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g, "")
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .toWellFormed()
    .trim()
}
