import createCode from "qrcode-generator"

interface QrCodeProps {
  readonly text: string
  readonly label: string
}

/** The free space that scanners need around a code, in modules. */
const MARGIN = 4

/** A QR code. It is dark on light in both themes, because many scanners do not read the opposite. */
export function QrCode({ text, label }: QrCodeProps) {
  // The smallest version that fits, with the error correction that is usual on screens.
  const code = createCode(0, "M")
  code.addData(text)
  code.make()
  const side = code.getModuleCount()
  const whole = side + 2 * MARGIN
  return (
    <svg class="qr-code" viewBox={`0 0 ${whole} ${whole}`} role="img" aria-label={label}>
      <path d={darkModules(side, (row, column) => code.isDark(row, column))} />
    </svg>
  )
}

/** The dark modules as one path: with a rectangle each, hairlines of the background would show between them. */
function darkModules(side: number, isDark: (row: number, column: number) => boolean): string {
  const indexes = Array.from({ length: side }, (_, index) => index)
  return indexes
    .flatMap((row) =>
      indexes
        .filter((column) => isDark(row, column))
        .map((column) => `M${column + MARGIN} ${row + MARGIN}h1v1h-1z`),
    )
    .join("")
}
