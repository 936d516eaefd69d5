import type { TestedAction } from '@wildcast/testing'
import { type Tested, tested } from '../../../client/src/testing/tested.js'

/** Creates a client at a relay with a history, and another client that answers. */
export async function connectToAll(): Promise<Tested> {
  const connected = await tested({ history: [{ subjects: 'room.*', messages: 10 }] })
  const { relay } = connected
  await relay.publish('room.1', 'old')
  const onError = (): void => {} // an answer may be on its way when the test ends
  relay.createClient({ onError }).serve('math.sum', () => 3)
  await relay.settled()
  return connected
}

const kinds: readonly TestedAction[] = ['publish', 'subscribe', 'request', 'serve', 'presence']

/** Refuses everything that can be refused. */
export function refuseAll({ relay }: Tested): void {
  for (const kind of kinds) relay.refuse(kind, '**')
}
