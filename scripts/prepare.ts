import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"

// What `npm ci` builds: the pages and the client. Without the packages for development (`--omit=dev`) there is
// nothing to build with; the server then runs without pages, unless they were built before.

if (existsSync(new URL("../node_modules/vite", import.meta.url))) {
  for (const part of ["build:web", "build:client"]) {
    execFileSync("npm", ["run", "-s", part], { stdio: "inherit", shell: process.platform === "win32" })
  }
} else {
  console.log("The pages are not built: that takes the packages for development.")
}
