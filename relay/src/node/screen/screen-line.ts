import type { Paint } from './paint.js'

/** A line of a screen. */
export interface ScreenLine {
  readonly text: string
  readonly as?: keyof Paint
}

/** The line, no longer than the screen is wide: a terminal would break it. */
export function painted({ text, as }: ScreenLine, paint: Paint, width: number = Number.POSITIVE_INFINITY): string {
  const characters = [...text]
  const shown = characters.length > width ? `${characters.slice(0, Math.max(0, width - 1)).join('')}…` : text
  return as ? paint[as](shown) : shown
}
