import type { RelayOptions } from '../core/relay.js'
import type { Sessions } from '../core/sessions.js'
import type { FakeClock } from './fake-clock.js'
import { type ConnectedLine, type LineFrame, lineRelay } from './line-relay.js'
import type { ScriptedBroker } from './scripted-broker.js'
import { settled } from './scripted-link.js'
import { type ScriptedStore, storeBroker } from './scripted-store.js'

/** A client of a relay whose broker keeps values. Confirmations of its frames are left out. */
export interface ValueClient extends ConnectedLine {
  /** Publishes a value. Resolves with what the relay has answered, of all frames. */
  retain(ref: number, subject: string, message: string, fields?: object): Promise<LineFrame[]>
  /** Takes the lock on a subject, or waits for it. */
  lock(ref: number, fields?: object): Promise<LineFrame[]>
  sends(frame: unknown): Promise<LineFrame[]>
}

/** A relay without sockets whose broker keeps values in a scripted store. */
export interface ValueRelay {
  readonly store: ScriptedStore
  readonly broker: ScriptedBroker
  readonly clock: FakeClock
  /** The sessions that clients can resume. */
  readonly sessions: Sessions
  /** Closes the relay. */
  close(): Promise<void>
  client(connect?: object): ValueClient
  /** Advances the clock, and awaits what follows. */
  pass(ms: number): Promise<void>
}

/** Opens such a relay. `leased`: the store needs leases for wills. */
export async function valueRelay(
  options: Partial<RelayOptions> & { readonly leased?: boolean } = {},
): Promise<ValueRelay> {
  const { leased, ...more } = options
  const { broker, store } = storeBroker({ leased })
  const { clock, sessions, close, connected } = await lineRelay({ brokers: { main: broker.open }, ...more })
  return {
    store,
    broker,
    clock,
    sessions,
    close,
    client(connect) {
      const line = connected(connect)
      const received = (): LineFrame[] => line.received().filter((frame) => frame.Received === undefined)
      const sends = async (frame: unknown): Promise<LineFrame[]> => {
        line.send(frame)
        await settled()
        return received()
      }
      const retain = (ref: number, subject: string, message: string, fields: object = {}): Promise<LineFrame[]> =>
        sends({ Publish: { ref, subject, message, retain: true, ...fields } })
      return {
        ...line,
        received,
        sends,
        retain,
        lock: (ref, fields) => retain(ref, 'lock', 'mine', { when: null, watch: true, will: null, ...fields }),
      }
    },
    async pass(ms) {
      // In steps, so that the store answers between them.
      for (let left = ms; left >= 0; left -= 1000) {
        clock.advance(Math.min(left, 1000))
        await settled()
      }
    },
  }
}

/** The refs of the answers among frames. */
export const refsOf = (frames: readonly LineFrame[] = []): unknown[] =>
  frames.flatMap(({ Ack, Error: failure }) => (Ack ?? failure)?.ref ?? [])

/** Another relay releases the lock. */
export async function release({ store }: ValueRelay): Promise<void> {
  store.set('lock', '')
  await settled()
}

/** A relay whose lock is held elsewhere, and clients that wait for it, with the refs 1, 2, … */
export async function contended(
  count: number,
  options: Parameters<typeof valueRelay>[0] = {},
): Promise<{ relay: ValueRelay; clients: readonly ValueClient[] }> {
  const relay = await valueRelay(options)
  relay.store.set('lock', 'theirs')
  const clients = Array.from({ length: count }, () => relay.client())
  for (const [i, client] of clients.entries()) await client.lock(i + 1)
  return { relay, clients }
}
