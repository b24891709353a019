import type pg from "pg"
import { readClockSkew } from "../store/reads/clock-skew.ts"
import type { Finding } from "./finding.ts"

/** From this difference on, the times in the log and the ends of sessions are noticeably wrong. */
const NOTICEABLE_SECONDS = 2
/** Payment webhooks that seem older than this are refused, and receivers refuse outgoing events likewise. */
const REFUSED_SECONDS = 300

/** Compares this host's clock with the database's, which decides in a sale. */
export async function checkClock(pool: pg.Pool): Promise<Finding> {
  return clockFinding(await readClockSkew(pool))
}

/** Judges a clock that is `seconds` ahead of the database's; negative: behind. */
export function clockFinding(seconds: number): Finding {
  const check = "clock"
  const away = Math.abs(seconds)
  if (away < NOTICEABLE_SECONDS) return { check, ok: true, found: "agrees with the database's" }
  const difference = `${away.toFixed(1)} s ${seconds > 0 ? "ahead of" : "behind"} the database's`
  if (away < REFUSED_SECONDS) {
    return {
      check,
      ok: true,
      weak: true,
      found: `${difference}: sessions end early or late; run an NTP client`,
    }
  }
  return { check, ok: false, found: `${difference}: payment webhooks are refused; run an NTP client` }
}
