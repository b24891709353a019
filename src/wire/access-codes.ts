import { Type, type Static } from "typebox"
import { isoTime, isoTimeOrNull, type Instant } from "../domain/time.ts"
import type { AccessCodeSet, UsedAccessCode } from "../domain/access.ts"
import { Quantity, Time, body, labelPattern, timeOrNull } from "./fields.ts"
import { SetName } from "./phases.ts"

/** The most codes of a request. */
const MOST_CODES_AT_ONCE = 10_000
const SHORTEST_CODE = 6
const LONGEST_CODE = 64
/** The length of codes for which a request names none. */
export const USUAL_CODE_LENGTH = 12
const SHORTEST_NEW = 8
const LONGEST_NEW = 32

/** An access code, as a buyer types it. */
export const AccessCodeText = Type.String({ minLength: 1, maxLength: LONGEST_CODE, pattern: labelPattern })

/** The request to make or upload access codes. */
export const NewAccessCodesBody = body(
  {
    set: SetName,
    units: Type.Optional(
      Type.Integer({
        ...Quantity,
        description: "how many units may be held and owned with each code together; 1 if not given",
      }),
    ),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_CODES_AT_ONCE })),
    length: Type.Optional(
      Type.Integer({
        minimum: SHORTEST_NEW,
        maximum: LONGEST_NEW,
        description: `characters of the codes that are made, each of 5 bits; ${USUAL_CODE_LENGTH} if not given`,
      }),
    ),
    codes: Type.Optional(
      Type.Array(Type.String({ minLength: SHORTEST_CODE, maxLength: LONGEST_CODE, pattern: labelPattern }), {
        minItems: 1,
        maxItems: MOST_CODES_AT_ONCE,
        description: "codes of your own, in the place of `count`",
      }),
    ),
  },
  { oneOf: [{ required: ["count"] }, { required: ["codes"] }] },
)

/** What became of new codes. */
export const NewAccessCodesWire = Type.Object({
  set: Type.String(),
  units: Type.Integer(),
  added: Type.Integer({ description: "codes that were added" }),
  known: Type.Integer({
    description: "codes of the request that the product has already; they stay as they are",
  }),
  codes: Type.Optional(
    Type.Array(Type.String(), {
      description: "the codes that were made. They are shown this once: only their digests are kept",
    }),
  ),
})

/** The sets of a product's access codes. */
export const AccessCodeSetsWire = Type.Object({
  data: Type.Array(
    Type.Object({
      set: Type.String(),
      codes: Type.Integer(),
      revoked_codes: Type.Integer(),
      used_codes: Type.Integer({ description: "codes with which units are held or owned" }),
      units: Type.Integer({ description: "units that the codes allow together" }),
      units_used: Type.Integer({ description: "units that are held and owned with them" }),
    }),
  ),
})

/** The request for one access code. */
export const AccessCodeBody = body({ access_code: AccessCodeText })

/** An access code, without the code itself. */
export const AccessCodeWire = Type.Object({
  set: Type.String(),
  units: Type.Integer(),
  units_used: Type.Integer({ description: "units that are held and owned with it" }),
  created_at: Time,
  revoked_at: timeOrNull,
})

/** The request of a buyer who asks whether and when it may buy. */
export const AccessBody = body({ access_code: Type.Optional(AccessCodeText) })

/** When a buyer may buy. */
export const AccessWire = Type.Object({
  is_open: Type.Boolean({
    description: "the phase is on: a hold that shows the same is not refused for lack of access",
  }),
  opens_at: Type.Unsafe<string | null>({
    ...timeOrNull,
    description: "when the next phase begins that lets this buyer in; null: none does",
  }),
  units_left: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description: "of the access code; null: none was sent",
  }),
  server_time: Time,
})

/** The JSON of {@link AccessWire}. */
export type AccessJson = Static<typeof AccessWire>

/** Makes the JSON of a set of access codes. */
export function accessCodeSetJson({ set, codes, revoked, used, units, unitsUsed }: AccessCodeSet) {
  return { set, codes, revoked_codes: revoked, used_codes: used, units, units_used: unitsUsed }
}

/** Makes the JSON of an access code. */
export function accessCodeJson({ set, units, unitsUsed, createdAt, revokedAt }: UsedAccessCode) {
  return {
    set,
    units,
    units_used: unitsUsed,
    created_at: isoTime(createdAt),
    revoked_at: isoTimeOrNull(revokedAt),
  }
}

/** Makes the JSON of a buyer's access. */
export function accessJson(
  opening: { readonly isOpen: boolean; readonly opensAt: Instant | null },
  unitsLeft: number | null,
  now: Instant,
): AccessJson {
  return {
    is_open: opening.isOpen,
    opens_at: isoTimeOrNull(opening.opensAt),
    units_left: unitsLeft,
    server_time: isoTime(now),
  }
}
