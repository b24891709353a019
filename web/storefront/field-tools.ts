/** What the parts of the details form need of the whole. All are by JSON pointer. */
export interface FieldTools {
  readonly text: (pointer: string) => string
  readonly isTicked: (pointer: string) => boolean
  readonly put: (pointer: string, value: string | boolean) => void
  /** What is wrong with a field; null: nothing. `whenMissing`: the text where it is required and was left out. */
  readonly errorOf: (pointer: string, label: string, whenMissing: string) => string | null
}
