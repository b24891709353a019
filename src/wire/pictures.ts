import { Type } from "typebox"
import type { Picture } from "../domain/shop.ts"
import { Label, body, orNull } from "./fields.ts"

/** The longest address of a picture or a link. */
export const LONGEST_URL = 2_000

/** An address that a page may load a picture from or link to. The server also looks whether it can be parsed. */
export const httpsUrlPattern = "^https://[^\\s\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$"

/** Such an address, or null. A page that came encrypted must not load what could be replaced on its way. */
export const httpsUrlOrNull = orNull<string>("string", { maxLength: LONGEST_URL, pattern: httpsUrlPattern })

/** A picture in a request. */
export const PictureBody = body(
  { url: Type.String({ maxLength: LONGEST_URL, pattern: httpsUrlPattern }), alt: Label },
  { description: "https only; `alt` is read to people who do not see the picture" },
)

/** A field that is not valid. */
export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

/** A picture with its members in this order, whatever order they came in. */
export function pictureIn({ url, alt }: Picture): Picture {
  return { url, alt }
}

/** The error of an address that no browser could open. */
export function urlErrors(pointer: string, url: string | null | undefined): FieldError[] {
  if (url === null || url === undefined || URL.canParse(url)) return []
  return [{ pointer, detail: "must be an https URL that browsers can open" }]
}
