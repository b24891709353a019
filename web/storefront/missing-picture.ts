import { useEffect, useRef, useState } from "preact/hooks"

/** Notices that a picture cannot be loaded, also when that was so before the scripts ran. */
export function useMissing() {
  const [isMissing, setMissing] = useState(false)
  const ref = useRef<HTMLImageElement>(null)
  useEffect(() => {
    const { current } = ref
    if (current !== null && current.complete && current.naturalWidth === 0) setMissing(true)
  }, [])
  return { isMissing, image: { ref, onError: () => setMissing(true) } }
}
