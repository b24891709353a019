import type { NextPhase } from "../../client/src/index.ts"
import { readerZone } from "../shared/dates.ts"
import type { BuyerAccess, codesFrom, Need } from "./buyer-opening.ts"
import type { AccessRefusal, Stage } from "./buyer-view.ts"
import type { Language } from "./language.ts"
import type { AccessWords } from "./words/en-access.ts"

/** Who may buy, in the place of `On sale now`. */
export function accessHeadline(words: AccessWords, needs: readonly Need[]): string {
  return needs.includes("codes") ? words.onlyCodes : words.onlyGroup
}

/** What a buyer has to do who has not what the phases need. */
export function accessExplanation(words: AccessWords, needs: readonly Need[]): string {
  const texts = [needs.includes("codes") && words.enterCode, needs.includes("group") && words.signIn]
  return texts.filter((text) => text !== false).join(" ")
}

/** Whose countdown it is: `With your code from Fri 27 Nov, 10:00`. */
export function openingLabel(
  { words, date }: Language,
  stage: Extract<Stage, { kind: "scheduled" }>,
  zone: string | null,
): string {
  const time = date(stage.opensAt, zone)
  switch (stage.for) {
    case "everybody":
      return words.access.forAll(time)
    case "code":
      return words.access.withCode(time)
    case "shop":
      return words.access.forYou(time)
    default:
      return words.untilTime(time)
  }
}

/** A refusal in words, with the phase that comes next. Only a browser is refused, so times are in its zone. */
export function accessRefusalText(language: Language, refusal: AccessRefusal): string {
  const then = refusal.next === null ? "" : ` ${nextText(language, refusal.next)}`
  return `${reasonText(language, refusal)}${then}`
}

function reasonText({ words: { access } }: Language, refusal: AccessRefusal): string {
  switch (refusal.code) {
    case "access_code_unknown":
      return access.unknown
    case "access_code_used_up":
      return refusal.unitsLeft === 0 ? access.usedUp : access.fewerLeft(refusal.unitsLeft)
    case "access_required":
      if (refusal.needs.includes("codes")) return access.needsCode
      return refusal.needs.includes("group") ? access.needsGroup : access.notNow
  }
}

function nextText({ words: { access }, date }: Language, { from, needs }: NextPhase): string {
  const time = date(from, readerZone())
  switch (needs) {
    case null:
      return access.thenAll(time)
    case "codes":
      return access.thenCode(time)
    case "group":
      return access.thenGroup(time)
  }
}

/** What is said below the field for a code. Null: the code is being checked. */
export function codeHint(
  { words, date }: Language,
  { state, code, unitsLeft }: BuyerAccess,
  from: ReturnType<typeof codesFrom>,
  zone: string | null,
): string | null {
  const { access } = words
  switch (state) {
    case "unknown":
      return access.unknown
    case "too_often":
      return access.tooOften
    case "no_answer":
      return words.found.no_answer
    case "token_invalid":
      return words.notices.customer_token_invalid
    case "checking":
      return code === null ? null : access.checking
    case "idle":
      if (code !== null && unitsLeft !== null)
        return unitsLeft === 0 ? access.usedUp : access.accepted(unitsLeft)
      if (from === null) return null
      return from.opensAt === null ? access.helpNow : access.helpFrom(date(from.opensAt, zone))
  }
}
