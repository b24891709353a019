import { misspelledInEnvFile } from "../config/read-config.ts"
import type { Finding } from "./finding.ts"

/** Names in `.env` that look like a setting and are none. Empty where there are none. */
export function checkEnvFile(): Finding[] {
  return misspelledInEnvFile().map(({ name, meant }) => ({
    check: ".env",
    ok: true,
    weak: true,
    found: `${name} is set and nothing reads it; ${meant} is probably meant`,
  }))
}
