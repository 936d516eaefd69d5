import { useEffect, useRef } from 'react'
import { resolveColor } from '../../ui/colors.js'
import { everyMs } from '../../ui/frames.js'
import { useShownTheme } from '../../ui/use-shown-theme.js'
import { market } from './quotes.js'

/** The change with the strongest color, in percent. */
const mostPercent = 8

/** The colors from falling to rising. */
const shades = 21

/** The cells of the canvas, which the page stretches. */
const [cellPx, columns, rows] = [12, 50, 20]

/** All quotes as cells, whose color is how far each moved. Drawn five times a second. */
export function Heat({ count }: { readonly count: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const theme = useShownTheme()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colors
  useEffect(() => {
    const drawing = canvas.current?.getContext('2d')
    if (!drawing) return
    const colors = colorsOf()
    return everyMs(200, () => draw(drawing, colors))
  }, [theme])
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={`How far each of ${count} quotes has moved`}
      width={columns * cellPx}
      height={rows * cellPx}
      className="w-full rounded-lg"
    />
  )
}

function colorsOf(): readonly string[] {
  const middle = (shades - 1) / 2
  return Array.from({ length: shades }, (_, shade) => {
    const strength = Math.abs(shade - middle) / middle
    return strength === 0
      ? resolveColor('--raised')
      : resolveColor(shade < middle ? '--bad' : '--s2', 0.1 + strength * 0.9)
  })
}

function draw(drawing: CanvasRenderingContext2D, colors: readonly string[]): void {
  drawing.clearRect(0, 0, drawing.canvas.width, drawing.canvas.height)
  for (const [i, subject] of market.cells.slice(0, columns * rows).entries()) {
    const quote = market.quotes.get(subject)
    if (!quote) continue
    const share = Math.max(-1, Math.min(1, quote.data.change / mostPercent))
    drawing.fillStyle = colors[Math.round(((share + 1) / 2) * (shades - 1))] ?? ''
    drawing.fillRect((i % columns) * cellPx, Math.floor(i / columns) * cellPx, cellPx - 1, cellPx - 1)
  }
}
