import { render } from "preact"
import "../shared/base.css"
import "./admin.css"
import { ControlRoom } from "./control-room.tsx"

const root = document.querySelector<HTMLElement>("#control-room")
if (root !== null) {
  root.textContent = ""
  render(<ControlRoom isOpenMode={root.dataset["mode"] === "open"} />, root)
}
