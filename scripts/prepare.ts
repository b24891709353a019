import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"

// The build that `npm ci` runs: the pages and the client. Without the development packages (`--omit=dev`) the tools for
// it are missing; the server then runs without pages, unless they were built before. `serve` and `doctor` say so too.

if (existsSync(new URL("../node_modules/vite", import.meta.url))) {
  for (const part of ["build:web", "build:client"]) {
    execFileSync("npm", ["run", "-s", part], { stdio: "inherit", shell: process.platform === "win32" })
  }
} else {
  console.log(
    "The pages are not built, which takes the packages for development: run `npm ci --include=dev`, and then `npm prune --omit=dev`.",
  )
}
