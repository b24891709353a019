import { isLoopback } from "../config/addresses.ts"
import type { ServiceChallenge } from "../config/challenge.ts"
import type { Config } from "../config/config.ts"
import { createChallenge } from "../http/access/challenge.ts"
import type { Finding } from "./finding.ts"

const check = "challenge"

/** Checks whether buyers can solve the challenge before a code, and whether its service answers. None where there is none. */
export async function checkChallenge({
  challenge,
  publicUrl,
  redis,
}: Pick<Config, "challenge" | "publicUrl" | "redis">): Promise<Finding[]> {
  if (challenge === null) return []
  if (challenge.kind === "siteverify") return [await askService(challenge)]
  if (publicUrl !== null && isBare(new URL(publicUrl))) {
    return [
      {
        check,
        ok: false,
        found: `ALTCHA, which browsers solve only on pages with HTTPS: at ${publicUrl} buyers get no codes`,
      },
    ]
  }
  const scope =
    redis === null ? "by each host; with REDIS_URL by all hosts together" : "by all hosts together"
  return [{ check, ok: true, found: `ALTCHA, made by this server; a solution is taken once ${scope}` }]
}

function isBare({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && !isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"))
}

/** Asks with a token that is none: a service that knows the secret says that it is wrong. */
async function askService(challenge: ServiceChallenge): Promise<Finding> {
  let reason = ""
  const service = createChallenge(challenge, (error) => {
    reason = error instanceof Error ? error.message : String(error)
  })
  const place = new URL(challenge.verifyUrl).host
  switch (await service.check("doctor")) {
    case "failed":
      return { check, ok: true, found: `${place} answers, and takes CHALLENGE_SECRET` }
    case "solved":
      return {
        check,
        ok: true,
        weak: true,
        found: `${place} takes any token: these are test keys, or the address is not that of a siteverify service`,
      }
    default:
      return { check, ok: false, found: `${place} gives no verdict: ${reason}; codes are mailed without it` }
  }
}
