import type { Time } from "./types.ts"

/** What a buyer needs in a phase: an access code of the set `codes`, or a `Customer-Token` with the `group`. */
export type PhaseNeed = { readonly codes: string; readonly group?: undefined } | { readonly group: string }

/** A period of a sale in which buyers need something, or nothing. Of phases that overlap a buyer has to fulfil one. */
export interface Phase {
  /** Null: it begins with the sale. */
  readonly from: Time | null
  /** The first moment after it; null: it ends with the sale. */
  readonly until: Time | null
  /** What a buyer needs; null: nothing. */
  readonly needs: PhaseNeed | null
  /** In the place of the product's; null: the product's. */
  readonly max_per_customer: number | null
}

/** A phase in a request. What is left out is null. */
export interface PhaseBody {
  readonly from?: Time | null
  readonly until?: Time | null
  readonly needs?: PhaseNeed | null
  readonly max_per_customer?: number | null
}

/** The phase that begins next, in a refusal. `needs`: what a buyer needs in it; null: nothing. */
export interface NextPhase {
  readonly from: Time
  readonly needs: "codes" | "group" | null
}

/** What a buyer shows to learn when it may buy. */
export interface AccessBody {
  /** 1 to 64 characters. */
  readonly access_code?: string
}

/** When a buyer may buy. */
export interface Access {
  /** A hold that shows the same is not refused for lack of access now. */
  readonly is_open: boolean
  /** When the next phase begins that lets this buyer in; null: none does, or one is on. */
  readonly opens_at: Time | null
  /** Of the access code; null: none was sent. */
  readonly units_left: number | null
  readonly server_time: Time
}

/** New access codes: `count` to have them made, `codes` to upload your own. */
export interface NewAccessCodesBody {
  /** 1 to 64 characters, without a comma. */
  readonly set: string
  /** How many units may be held and owned with each code together; 1 if not given. */
  readonly units?: number
  /** 1 to 10,000. */
  readonly count?: number
  /** Characters of the codes that are made, 8 to 32; 12 if not given. */
  readonly length?: number
  /** 1 to 10,000, of 6 to 64 characters each. */
  readonly codes?: readonly string[]
}

/** What became of new access codes. */
export interface NewAccessCodes {
  readonly set: string
  readonly units: number
  readonly added: number
  /** Codes that the product had already; they stay as they are. */
  readonly known: number
  /** The codes that were made, which no later answer shows. */
  readonly codes?: readonly string[]
}

/** The access codes of one set together. */
export interface AccessCodeSet {
  readonly set: string
  readonly codes: number
  readonly revoked_codes: number
  /** Codes with which units are held or owned. */
  readonly used_codes: number
  readonly units: number
  readonly units_used: number
}

/** An access code, without the code itself. */
export interface AccessCode {
  readonly set: string
  readonly units: number
  readonly units_used: number
  readonly created_at: Time
  /** Null: it lets buyers in. */
  readonly revoked_at: Time | null
}

/** The request for one access code. */
export interface AccessCodeBody {
  readonly access_code: string
}
