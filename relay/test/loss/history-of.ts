import type { History } from '../chaos/history.js'
import type { Remote } from './clients.js'

/** The history of participants, which all receive each other's messages. */
export async function historyOf(clients: readonly Remote[]): Promise<History> {
  const states = await Promise.all(clients.map(async (client) => [client.name, await client.state()] as const))
  const names = clients.map(({ name }) => name)
  return {
    published: new Map(states.map(([name, { outcomes }]) => [name, outcomes])),
    subscriptions: new Map(states.map(([name, { received }]) => [name, { publishers: names, received }])),
  }
}
