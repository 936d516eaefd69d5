import { intersects } from '@wildcast/protocol'
import type { Bridge } from './bridge.js'

/**
 * Finds bridges that would carry a message in a circle, and says so in words: those that lead on
 * from one another, with patterns that overlap. Where every broker of the circle carries headers,
 * messages remember where they have been, and nothing goes round.
 */
export function circleOf(bridges: readonly Bridge[], carriesHeaders: (broker: string) => boolean): string | undefined {
  for (const first of bridges) {
    const circle = walk([first], bridges)
    const forgetful = circle?.find(({ to }) => !carriesHeaders(to))
    if (circle && forgetful) {
      const names = [first.from.broker, ...circle.map(({ to }) => to)].join(' → ')
      return `bridges carry messages in a circle, ${names}, and "${forgetful.to}" has no headers in which they could remember the way; make their patterns differ`
    }
  }
  return undefined
}

/** Whether what a bridge has copied may come back to where it took it from. */
export function leadsBack(bridge: Bridge, bridges: readonly Bridge[]): boolean {
  return walk([bridge], bridges) !== undefined
}

/** The bridges by which a message comes back to where the first one took it from. */
function walk(way: readonly Bridge[], bridges: readonly Bridge[]): readonly Bridge[] | undefined {
  const [first] = way
  const last = way.at(-1)
  if (!first || !last) return undefined
  if (last.to === first.from.broker) return way
  for (const next of bridges) {
    const leadsOn = next.from.broker === last.to && way.every(({ from }) => intersects(from.pattern, next.from.pattern))
    if (!leadsOn || way.includes(next)) continue
    const circle = walk([...way, next], bridges)
    if (circle) return circle
  }
  return undefined
}
