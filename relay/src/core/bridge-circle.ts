import { intersects } from '@wildcast/protocol'
import type { Bridge } from './bridge.js'

/**
 * Describes a circle of bridges with overlapping patterns that would copy a message forever, if
 * any. If every broker of a circle carries headers, messages record their path and stop.
 */
export function circleOf(bridges: readonly Bridge[], carriesHeaders: (broker: string) => boolean): string | undefined {
  for (const first of bridges) {
    const circle = walk([first], bridges)
    const headerless = circle?.find(({ to }) => !carriesHeaders(to))
    if (circle && headerless) {
      const names = [first.from.broker, ...circle.map(({ to }) => to)].join(' → ')
      const why = `"${headerless.to}" has no headers to record their path`
      return `bridges carry messages in a circle, ${names}, and ${why}; make their patterns differ`
    }
  }
  return undefined
}

/** Returns whether a copy may come back to the broker that the bridge reads from. */
export function leadsBack(bridge: Bridge, bridges: readonly Bridge[]): boolean {
  return walk([bridge], bridges) !== undefined
}

/** Returns the bridges by which a message comes back to the first one's source broker. */
function walk(path: readonly Bridge[], bridges: readonly Bridge[]): readonly Bridge[] | undefined {
  const [first] = path
  const last = path.at(-1)
  if (!first || !last) return undefined
  if (last.to === first.from.broker) return path
  for (const next of bridges) {
    const continues =
      next.from.broker === last.to && path.every(({ from }) => intersects(from.pattern, next.from.pattern))
    if (!continues || path.includes(next)) continue
    const circle = walk([...path, next], bridges)
    if (circle) return circle
  }
  return undefined
}
