const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("")

/** Every code of three capitals, from AAA to ZZZ, whether or not it belongs to a currency. */
export function allCodes(): readonly string[] {
  return letters.flatMap((one) => letters.flatMap((two) => letters.map((three) => one + two + three)))
}
