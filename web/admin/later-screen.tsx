import type { FunctionComponent } from "preact"
import { useEffect, useState } from "preact/hooks"
import { Failure } from "./pager.tsx"

export interface LaterScreenProps<Props extends object> {
  /** Loads the screen's part of the script. */
  readonly load: () => Promise<FunctionComponent<Props>>
  readonly props: Props
}

/** A screen that is loaded on demand, because only few visits of the control room need it. */
export function LaterScreen<Props extends object>({ load, props }: LaterScreenProps<Props>) {
  const [Screen, setScreen] = useState<FunctionComponent<Props> | null>(null)
  const [isMissing, setMissing] = useState(false)
  useEffect(() => {
    load().then(
      (loaded) => setScreen(() => loaded),
      () => setMissing(true),
    )
    // The page loads one screen: `load` never changes.
  }, [])
  if (Screen !== null) return <Screen {...props} />
  return isMissing ? (
    <Failure text="This screen could not be loaded. Reload the page." />
  ) : (
    <p class="muted">Loading…</p>
  )
}
