import type { BrokerInfo } from '@wildcast/client'
import { client } from './bridge.js'

/** The best brokers of a use of values, and what the use needs of any. */
const uses = {
  quotes: { names: ['redis', 'other'], needs: ['retained'] }, // as the sources write them
  desk: { names: ['redis'], needs: ['conditional', 'presence'] },
  here: { names: [], needs: ['presence'] },
} satisfies Record<string, { readonly names: readonly string[]; readonly needs: readonly string[] }>

/**
 * The broker of a use of values: the best one, else the default, else any that has what is needed.
 * Null without such a broker, and until the first connection.
 */
export function storeOf(use: keyof typeof uses): string | null {
  const { names, needs } = uses[use]
  const rank = ({ name, default: isDefault }: BrokerInfo): number => {
    const place = names.findIndex((each) => each === name)
    return place >= 0 ? place : names.length + (isDefault ? 0 : 1)
  }
  const able = client.welcome?.brokers.filter(({ features }) => needs.every((need) => features.includes(need)))
  return able?.toSorted((one, other) => rank(one) - rank(other))[0]?.name ?? null
}
