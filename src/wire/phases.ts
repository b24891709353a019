import { Type, type Static } from "typebox"
import { MOST_PHASES, type Phase, type PhaseNeed } from "../domain/access.ts"
import { isoTimeOrNull } from "../domain/time.ts"
import { LARGEST_QUANTITY, body, nullable, orNull, timeOrNull } from "./fields.ts"

const LONGEST_SET_NAME = 64

/** The name of a set of access codes, or of a group of customers. A comma separates groups in a customer token. */
export const SetName = Type.String({
  minLength: 1,
  maxLength: LONGEST_SET_NAME,
  pattern: "^[^,\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$",
})

const NeedBody = Type.Unsafe<NeedJson>({
  ...body({ codes: Type.Optional(SetName), group: Type.Optional(SetName) }),
  minProperties: 1,
  maxProperties: 1,
})

type NeedJson = { readonly codes: string; readonly group?: undefined } | { readonly group: string }

const PhaseBody = body({
  from: Type.Optional(timeOrNull),
  until: Type.Optional(timeOrNull),
  needs: Type.Optional(nullable(NeedBody as typeof NeedBody & { readonly type: string })),
  max_per_customer: Type.Optional(orNull<number>("integer", { minimum: 1, maximum: LARGEST_QUANTITY })),
})

/** Who may buy when, in requests for products. */
export const phasesSetting = {
  phases: Type.Optional(
    nullable(
      Type.Array(PhaseBody, {
        minItems: 1,
        maxItems: MOST_PHASES,
        description:
          "who may buy when, within the time of the sale: a buyer needs what one of the phases that are on `needs`, which is an access code of the set `codes` or a `Customer-Token` with the `group`; null or absent: nothing. Outside of all phases no buyer may buy. `max_per_customer` counts in the place of the product's. null: everybody may buy, all the time",
      }),
    ),
  ),
}

const PhaseWire = Type.Object({
  from: timeOrNull,
  until: timeOrNull,
  needs: Type.Unsafe<NeedJson | null>({
    type: ["object", "null"],
    properties: { codes: { type: "string" }, group: { type: "string" } },
    description: "an access code of the set `codes`, or a `Customer-Token` with the `group`; null: nothing",
  }),
  max_per_customer: orNull<number>("integer"),
})

type PhaseJson = Static<typeof PhaseWire>

/** The phases of a product. */
export const phasesField = {
  phases: Type.Optional(
    Type.Array(PhaseWire, {
      description:
        "who may buy when, within the time of the sale; absent: everybody, all the time. A buyer who has what one of the phases that are on needs may buy; outside of all, no buyer may",
    }),
  ),
}

/** Makes the JSON of a product's phases; nothing for one without phases. */
export function phasesJson(phases: readonly Phase[] | null): { readonly phases?: PhaseJson[] } {
  if (phases === null) return {}
  return {
    phases: phases.map(({ from, until, needs, maxPerCustomer }) => ({
      from: isoTimeOrNull(from),
      until: isoTimeOrNull(until),
      needs: needs === null ? null : needJson(needs),
      max_per_customer: maxPerCustomer,
    })),
  }
}

function needJson(needs: PhaseNeed): NeedJson {
  return needs.kind === "codes" ? { codes: needs.set } : { group: needs.group }
}

/** The phases as requests give them. */
export type PhaseGiven = Static<typeof PhaseBody>

/** What a request says a phase needs. */
export function needFrom(needs: PhaseGiven["needs"]): PhaseNeed | null {
  if (needs == null) return null
  return needs.group === undefined
    ? { kind: "codes", set: needs.codes }
    : { kind: "group", group: needs.group }
}
