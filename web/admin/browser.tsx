import { render } from "preact"
import "../shared/base.css"
import "./admin.css"
import { ControlRoom } from "./control-room.tsx"
import { readMailsHere } from "./order-mails.tsx"
import { actAs } from "./own-role.ts"

const root = document.querySelector<HTMLElement>("#control-room")
if (root !== null) {
  const { mode, role, mails, operator = null } = root.dataset
  root.textContent = ""
  actAs(role)
  readMailsHere(mails === "read")
  render(<ControlRoom isOpenMode={mode === "open"} operator={operator} />, root)
}
