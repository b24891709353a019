import { useEffect, useRef, useState } from "preact/hooks"
import { localText } from "./dates.ts"
import { byMinute, series, type Sample } from "./sale-history.ts"
import type { SalePlot } from "./sale-plot.ts"

/** Units over time, as lines and as a table with the same numbers. */
export function SaleChart({ samples }: { readonly samples: readonly Sample[] }) {
  const box = useRef<HTMLDivElement>(null)
  const [plot, setPlot] = useState<SalePlot | null>(null)
  const [isMissing, setMissing] = useState(false)

  useEffect(() => {
    const unmounted = new AbortController()
    // Loaded on demand: it is half of the control room's script, and only this screen needs it.
    import("./sale-plot.ts").then(
      ({ drawUnits }) => {
        if (box.current === null || unmounted.signal.aborted) return
        const drawn = drawUnits(box.current)
        unmounted.signal.addEventListener("abort", () => drawn.end())
        setPlot(drawn)
      },
      () => setMissing(true),
    )
    return () => unmounted.abort()
  }, [])
  useEffect(() => plot?.show(samples), [plot, samples])

  return (
    <figure class="chart">
      <figcaption class="legend small">
        Units in the last 15 minutes:
        {series.map((name) => (
          <span key={name} class={`key ${name}`}>
            {name}
          </span>
        ))}
      </figcaption>
      {isMissing ? (
        <p class="small">The chart could not be loaded; the table shows the same numbers.</p>
      ) : (
        <div ref={box} class="plot" aria-hidden="true" />
      )}
      <details>
        <summary>Show the last minutes as a table</summary>
        <table class="tabular">
          <thead>
            <tr>
              <th scope="col">Time</th>
              {series.map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {byMinute(samples).map((sample) => (
              <tr key={sample.at}>
                <th scope="row">{localText(sample.at)}</th>
                {series.map((name) => (
                  <td key={name} class="number">
                    {sample[name]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
