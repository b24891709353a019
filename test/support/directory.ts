import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A directory that is removed when disposed. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string
}

/** Makes one that other accounts may pass through: as root, PostgreSQL runs as one of them. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "doorbuster-test-"))
  await chmod(path, 0o711)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
