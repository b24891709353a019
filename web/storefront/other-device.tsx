import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import { useLanguage } from "./page-language.ts"
import { latePart } from "./late-part.tsx"

/** The code is drawn in the page: drawn by the server, the token would be in a request and could be in its log. */
const { Part: QrCode } = latePart(async () => (await import("./qr-code.tsx")).QrCode)

/** Opens the order on another device: its link to copy, and as a QR code to scan. */
export function OtherDevice({ link }: { readonly link: string }) {
  const { words } = useLanguage()
  const isOpen = useSignal(false)
  return (
    <details
      class="other-device"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open
      }}
    >
      <summary>{words.otherDevice}</summary>
      {isOpen.value && (
        <div class="other-device-body">
          <p class="muted">{words.otherDeviceHelp}</p>
          <LinkToCopy link={link} />
          <QrCode text={link} label={words.qrCode} />
        </div>
      )}
    </details>
  )
}

function LinkToCopy({ link }: { readonly link: string }) {
  const { words } = useLanguage()
  const field = useRef<HTMLInputElement>(null)
  const said = useSignal("")
  async function copy(): Promise<void> {
    said.value = (await hasCopied(link, field.current)) ? words.linkCopied : words.copySelected
  }
  return (
    <div class="link-to-copy">
      <label>
        <span>{words.linkToOrder}</span>
        <input
          ref={field}
          class="field"
          readOnly
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
      <button class="button" type="button" onClick={() => void copy()}>
        {words.copyLink}
      </button>
      <p class="small" role="status">
        {said.value}
      </p>
    </div>
  )
}

/** Copies by the clipboard, which only pages over HTTPS have, or by the selection. */
async function hasCopied(text: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    field?.select()
    return document.execCommand("copy")
  }
}
