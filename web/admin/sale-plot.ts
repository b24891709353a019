import UPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import { timeText } from "./dates.ts"
import { series, spanOf, type Sample } from "./sale-history.ts"

/** A line chart of units over time. */
export interface SalePlot {
  show(samples: readonly Sample[]): void
  /** Removes the chart from the page. */
  end(): void
}

/** Longer than the pause between two samples on a slow connection. */
const GAP_MS = 15_000

/** Draws the chart into an element, in the element's size and colours. */
export function drawUnits(element: HTMLElement): SalePlot {
  const plot = new UPlot(optionsFor(element), [[], [], [], []], element)
  const resized = new ResizeObserver(() =>
    plot.setSize({ width: element.clientWidth, height: element.clientHeight }),
  )
  resized.observe(element)
  const theme = matchMedia("(prefers-color-scheme: dark)")
  const redraw = () => plot.redraw()
  theme.addEventListener("change", redraw)
  return {
    show(samples) {
      const drawn = withGaps(samples)
      plot.setData([
        drawn.map(({ at }) => at / 1_000),
        ...series.map((name) => drawn.map((sample) => sample[name])),
      ] as UPlot.AlignedData)
    },
    end() {
      theme.removeEventListener("change", redraw)
      resized.disconnect()
      plot.destroy()
    },
  }
}

/** A time in which nobody watched the sale is left blank: a line across it would claim to know. */
function withGaps(samples: readonly Sample[]): readonly (Sample | Gap)[] {
  return samples.flatMap((sample, index) => {
    const before = samples[index - 1]
    if (before === undefined || sample.at - before.at <= GAP_MS) return [sample]
    return [{ at: (before.at + sample.at) / 2, available: null, held: null, sold: null }, sample]
  })
}

/** A moment without known units. */
type Gap = Readonly<Record<(typeof series)[number], null>> & { readonly at: number }

function optionsFor(element: HTMLElement): UPlot.Options {
  const axis = {
    stroke: () => colourOf(element, "--muted"),
    grid: { stroke: () => colourOf(element, "--line"), width: 1 },
    ticks: { stroke: () => colourOf(element, "--line"), width: 1 },
  }
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // The default for a single sample would be a whole day.
      x: { range: ({ data: [times] }) => [...spanOf(times)] },
      y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.05)] },
    },
    axes: [
      { ...axis, space: 80, values: (_plot, times) => times.map((time) => timeText(time * 1_000)) },
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

/** A canvas does not resolve custom properties, so the browser resolves them as the colour of an element. */
function colourOf(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`
  const { color } = getComputedStyle(element)
  element.style.color = ""
  return color
}
