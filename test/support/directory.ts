import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A directory that is removed when disposed. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string
}

/** Makes a directory that other accounts may pass through: started by root, PostgreSQL runs as another account. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "doorbuster-test-"))
  await chmod(path, 0o711)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
