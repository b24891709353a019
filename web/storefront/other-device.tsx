import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import { latePart } from "./late-part.tsx"

/** The code is drawn in the page: drawn by the server, the token would be in a request and could be in its log. */
const { Part: QrCode } = latePart(async () => (await import("./qr-code.tsx")).QrCode)

/** Opens the order on another device: its link to copy, and as a QR code to scan. */
export function OtherDevice({ link }: { readonly link: string }) {
  const isOpen = useSignal(false)
  return (
    <details
      class="other-device"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open
      }}
    >
      <summary>Open on another device</summary>
      {isOpen.value && (
        <div class="other-device-body">
          <p class="muted">Anyone who has this link can see and change the order. It does not expire.</p>
          <LinkToCopy link={link} />
          <QrCode text={link} label="QR code of the link to this order" />
        </div>
      )}
    </details>
  )
}

function LinkToCopy({ link }: { readonly link: string }) {
  const field = useRef<HTMLInputElement>(null)
  const said = useSignal("")
  async function copy(): Promise<void> {
    said.value = (await hasCopied(link, field.current)) ? "Link copied." : "Copy the selected link."
  }
  return (
    <div class="link-to-copy">
      <label>
        <span>Link to this order</span>
        <input
          ref={field}
          class="field"
          readOnly
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
      <button class="button" type="button" onClick={() => void copy()}>
        Copy link
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
