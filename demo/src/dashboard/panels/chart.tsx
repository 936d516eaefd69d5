import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { resolveColor } from '../../ui/colors.js'
import { everyMs } from '../../ui/frames.js'
import { useShownTheme } from '../../ui/use-shown-theme.js'
import { useDashboard } from '../store.js'
import { slotMs, slots, type Timeline } from '../timeline.js'

interface ChartProps {
  /** For screen readers, as the lines are pixels. */
  readonly label: string
  readonly timeline: Timeline
  /** A CSS variable for each line. */
  readonly colors: readonly string[]
  /** Fills the area below each line. @default false */
  readonly filled?: boolean
  /** The axis begins at 0. @default it begins at the lowest value */
  readonly fromZero?: boolean
  readonly format: (value: number) => string
}

/** The lines of a timeline, drawn five times a second. */
export function Chart({ label, timeline, colors, filled = false, fromZero = false, format }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useShownTheme()
  const paused = useDashboard((dashboard) => dashboard.paused)
  const plot = useRef<uPlot>(null)
  const isInSight = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colors
  useEffect(() => {
    const element = box.current
    if (!element) return
    const size = () => ({ width: element.clientWidth, height: element.clientHeight })
    const resizing = new ResizeObserver(() => plot.current?.setSize(size()))
    // Drawn in a frame of its own, so that a view with many charts does not wait for them.
    const cancel = everyMs(slotMs, () => {
      if (!isInSight.current) return
      cancel()
      const options = optionsOf({ colors, filled, fromZero, format })
      plot.current = new uPlot({ ...options, ...size() }, copyOf(timeline), element)
      resizing.observe(element)
    })
    const stopWatching = watchSight(element, isInSight)
    return () => {
      cancel()
      stopWatching()
      resizing.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [timeline, colors, filled, fromZero, format, theme])

  useEffect(() => {
    if (paused) return
    return everyMs(slotMs, () => isInSight.current && plot.current?.setData(copyOf(timeline)))
  }, [timeline, paused])

  return (
    <div className="relative min-h-40 flex-1">
      <div ref={box} role="img" aria-label={label} className="absolute inset-0 overflow-hidden" />
    </div>
  )
}

/** Keeps whether an element is near the part of the page that one sees. Returns the undo. */
function watchSight(element: Element, isInSight: { current: boolean }): () => void {
  const watching = new IntersectionObserver(
    (entries) => {
      isInSight.current = entries.at(-1)?.isIntersecting ?? false
    },
    { rootMargin: '200px' },
  )
  watching.observe(element)
  return () => watching.disconnect()
}

/** uPlot takes arrays that it may keep; ours are written to in place. */
function copyOf({ columns: [x, ...ys] }: Timeline): uPlot.AlignedData {
  return [x, ...ys]
}

type Look = Required<Pick<ChartProps, 'colors' | 'filled' | 'fromZero' | 'format'>>

function optionsOf({ colors, filled, fromZero, format }: Look): Omit<uPlot.Options, 'width' | 'height'> {
  const quiet = resolveColor('--quiet')
  const limits: uPlot.Range.Config = {
    min: { pad: 0.1, ...(fromZero ? { hard: 0, soft: 0, mode: 1 } : {}) },
    max: { pad: 0.15 },
  }
  const grid = { stroke: resolveColor('--line', 0.7), width: 1 }
  const axis = {
    stroke: quiet,
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    grid,
    ticks: { show: false },
  }
  return {
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    padding: [8, 14, 0, 0],
    scales: {
      x: { time: false, range: [(-slots * slotMs) / 1000, 0] },
      y: {
        // Without values the axis keeps its place.
        range: (_, min, max) => (Number.isFinite(min) ? uPlot.rangeNum(min, max, limits) : [0, 1]),
      },
    },
    axes: [
      { ...axis, size: 24, splits: [-60, -45, -30, -15, 0], values: (_, all) => all.map(secondsAgo) },
      { ...axis, size: 50, space: 28, values: (plot, all) => all.map(isEmpty(plot) ? () => '' : format) },
    ],
    series: [
      {},
      ...colors.map((color) => ({
        stroke: resolveColor(color),
        width: 1.5,
        points: { show: false },
        ...(filled && { fill: resolveColor(color, 0.12) }),
      })),
    ],
  }
}

function isEmpty({ data: [, ...series] }: uPlot): boolean {
  for (const values of series) for (const value of values) if (value != null) return false
  return true
}

const secondsAgo = (value: number): string => (value === 0 ? 'now' : `${value} s`)
