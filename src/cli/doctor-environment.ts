import { misspelledInEnvFile } from "../config/read-config.ts"
import type { Finding } from "./finding.ts"

/** Finds names in `.env` that resemble a setting but are none. */
export function checkEnvFile(): Finding[] {
  return misspelledInEnvFile().map(({ name, meant }) => ({
    check: ".env",
    ok: true,
    weak: true,
    found: `${name} is set but is not a setting; did you mean ${meant}?`,
  }))
}
