import { render } from "preact"
import "../shared/base.css"
import "./admin.css"
import { ControlRoom } from "./control-room.tsx"

const room = document.querySelector<HTMLElement>("#control-room")
if (room !== null) {
  room.textContent = ""
  render(<ControlRoom isOpenMode={room.dataset["mode"] === "open"} />, room)
}
