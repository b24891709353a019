/** What may be the same in two variants without being meant so. */
export interface Named {
  readonly name: string
  readonly sku: string | null
}

/**
 * Returns a warning if one of the other variants has the same SKU or the same name, because buyers, or the shop's own
 * lists, then cannot tell them apart. Null: neither. The server accepts both.
 */
export function duplicateWarning({ name, sku }: Named, others: readonly Named[]): string | null {
  const sameSku = sku === null ? undefined : others.find((other) => other.sku === sku)
  if (sameSku !== undefined) return `Another variant, “${sameSku.name}”, has the SKU ${sku} too.`
  const sameName = name === "" ? undefined : others.find((other) => other.name === name)
  if (sameName === undefined) return null
  return sameName.sku === null
    ? `Another variant is named “${name}” too.`
    : `Another variant is named “${name}” too; its SKU is ${sameName.sku}.`
}
