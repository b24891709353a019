import { readFileSync } from "node:fs"
import { packageRoot } from "./package-root.ts"

/** The program's version, from package.json. */
export const version = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("package.json", packageRoot), "utf8"))
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version)
  throw new Error("package.json has no version")
}
