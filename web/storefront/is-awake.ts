import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"

/** Longer than the pause between two taps of an impatient thumb. */
const ASLEEP_MS = 1_000

/**
 * False for the first second in which a button is shown. A button that pays, or gives something back, does nothing until
 * then: the tap may have been meant for what was there before.
 */
export function useIsAwake(): boolean {
  const isAwake = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => (isAwake.value = true), ASLEEP_MS)
    return () => clearTimeout(timer)
  }, [])
  return isAwake.value
}
