import { useEffect, useRef } from "preact/hooks"
import UPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import { localOf, timeOf } from "./moments.tsx"
import { byMinute, type Sample } from "./sale-history.ts"

const HEIGHT = 220
/** What the chart shows at first, until more has been seen. */
const LEAST_SECONDS = 10
const series = ["available", "held", "sold"] as const

/** Units over time, as lines and as a table that says the same. */
export function SaleChart({ samples }: { readonly samples: readonly Sample[] }) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = new UPlot(optionsFor(element), [[], [], [], []], element)
    plot.current = made
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    resized.observe(element)
    const theme = matchMedia("(prefers-color-scheme: dark)")
    const redraw = () => made.redraw()
    theme.addEventListener("change", redraw)
    return () => {
      theme.removeEventListener("change", redraw)
      resized.disconnect()
      made.destroy()
    }
  }, [])
  useEffect(() => {
    const times = samples.map(({ at }) => at / 1_000)
    plot.current?.setData([
      times,
      ...series.map((name) => samples.map((sample) => sample[name])),
    ] as UPlot.AlignedData)
  }, [samples])

  return (
    <figure class="chart">
      <figcaption class="legend small">
        Units since this page was opened:
        {series.map((name) => (
          <span key={name} class={`key ${name}`}>
            {name}
          </span>
        ))}
      </figcaption>
      <div ref={box} aria-hidden="true" />
      <details>
        <summary>The last minutes as a table</summary>
        <table class="figures">
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
                <th scope="row">{localOf(sample.at)}</th>
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

function optionsFor(element: HTMLElement): UPlot.Options {
  const axis = {
    stroke: () => colourOf(element, "--muted"),
    grid: { stroke: () => colourOf(element, "--line"), width: 1 },
    ticks: { stroke: () => colourOf(element, "--line"), width: 1 },
  }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // By itself it would show a day where there is one sample.
      x: {
        range: ({ data: [times] }) => [
          times[0] ?? 0,
          Math.max(times.at(-1) ?? 0, (times[0] ?? 0) + LEAST_SECONDS),
        ],
      },
      y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.05)] },
    },
    axes: [
      { ...axis, space: 80, values: (_plot, times) => times.map((time) => timeOf(time * 1_000)) },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      { stroke: () => colourOf(element, "--good"), width: 2, points: { show: false } },
      { stroke: () => colourOf(element, "--warn"), width: 2, dash: [6, 4], points: { show: false } },
      { stroke: () => colourOf(element, "--ink"), width: 2, points: { show: false } },
    ],
  }
}

/** A canvas knows no custom properties; an element's own colour is worked out by the browser. */
function colourOf(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`
  const { color } = getComputedStyle(element)
  element.style.color = ""
  return color
}
