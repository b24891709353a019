import { isReading, senderOf } from "../../../access/own-page.ts"
import type { Services } from "../../../services.ts"
import type { App } from "../../../transport/typed-app.ts"
import { refuse } from "../../../wire/problems.ts"
import { registerControlRoomPages } from "./control-room-pages.ts"
import { registerSignIn } from "./sign-in.ts"
import { registerSignOut } from "./sign-out.ts"

/** Registers the control room's pages, which hold no data, and the requests that sign in and out. */
export function registerControlRoom(app: App, services: Services): void {
  void app.register(async (area: App) => {
    area.addHook("onRequest", async (request, reply) => {
      void reply.header("cache-control", "no-store")
      if (!isReading(request) && senderOf(request) === "foreign page") {
        return refuse(reply, {
          code: "forbidden",
          detail: "Only the control room's own pages may send this request",
        })
      }
    })
    registerSignIn(area, services)
    registerSignOut(area, services)
    registerControlRoomPages(area, services)
  })
}
