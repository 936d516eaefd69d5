import { type Pattern, payloadBytes, type Subject, WildcastError } from '@wildcast/protocol'
import { type Clock, realClock } from '../../core/clock.js'
import type { OnFailure } from '../../core/outlet.js'
import { RecentSet } from '../../core/recent-set.js'
import type { Relay } from '../../core/relay.js'
import { isTable } from '../config/schema/table.js'

/** Closed to clients. Every relay with authentication listens to it at all of its brokers. */
const subject = '_relay.disconnect' as Subject & Pattern

/** How long a broker may take to confirm the signal, in milliseconds. */
const patienceMs = 2000

/** Signals that are remembered: each comes once over every broker. */
const remembered = 1000

/** Ends the sessions of users, here and at all relays that share a broker. */
export interface Disconnects {
  newId(): string
  /** Ends the sessions of a user here. Returns their number, 0 for an id that is known. */
  end(what: Disconnect): number
  /** Listens to signals at brokers that were opened later. */
  listen(brokers: readonly string[]): void
  /** Signals other relays. */
  announce(what: Disconnect): Promise<Announced>
}

/** An order to end the sessions of a user. */
export interface Disconnect {
  readonly user: string
  /** @default the user's sessions in all namespaces */
  readonly namespace?: string | undefined
  /** Makes it take effect once, whichever way it comes. */
  readonly id: string
}

/** The brokers that other relays may share, by whether they have confirmed a signal. */
export interface Announced {
  readonly notified: readonly string[]
  readonly unreached: readonly string[]
}

export interface DisconnectsPorts {
  readonly relay: Relay
  readonly onError: OnFailure
  /** Whether clients have identities: otherwise no signal concerns them. */
  readonly listens: boolean
  /** Brokers that no other relay can share. @default none */
  readonly own?: readonly string[] | undefined
  readonly clock?: Clock
}

export function openDisconnects({
  relay,
  onError,
  listens,
  own = [],
  clock = realClock,
}: DisconnectsPorts): Disconnects {
  const seen = new RecentSet(remembered)
  const shared = (): readonly string[] => relay.inside.brokers().filter((name) => !own.includes(name))

  function end({ user, namespace, id }: Disconnect): number {
    if (seen.has(id)) return 0
    seen.add(id)
    return relay.disconnect(user, namespace)
  }

  function listenAt(broker: string): void {
    const fail = (cause: unknown): void => {
      const { code, message } = WildcastError.from(cause)
      const why = `sessions that another relay ends stay here: the broker does not deliver ${subject}: ${message}`
      onError(new WildcastError(code as 'forbidden', why), { stage: 'disconnect', broker })
    }
    relay.inside
      .listen(
        broker,
        { pattern: subject },
        {
          deliver({ payload }) {
            const signal = signalOf(payloadBytes(payload))
            if (signal) end(signal)
          },
          ended: fail,
        },
      )
      .catch(fail)
  }

  const listen = (brokers: readonly string[]): void => {
    if (listens) for (const broker of brokers) if (!own.includes(broker)) listenAt(broker)
  }

  listen(shared())
  return {
    newId: () => relay.newId(),
    end,
    listen,
    async announce(what) {
      const payload = JSON.stringify(what)
      const brokers = shared()
      const outcomes = await Promise.all(brokers.map((broker) => confirms(relay, clock, { broker, payload })))
      return {
        notified: brokers.filter((_, i) => outcomes[i]),
        unreached: brokers.filter((_, i) => !outcomes[i]),
      }
    },
  }
}

interface Signal {
  readonly broker: string
  readonly payload: string
}

/** Whether a broker confirms a signal in time. */
function confirms(relay: Relay, clock: Clock, { broker, payload }: Signal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (outcome: boolean): void => {
      stopClock()
      resolve(outcome)
    }
    const stopClock = clock.after(patienceMs, () => settle(false))
    relay.inside.publish(broker, { subject, payload }).then(
      () => settle(true),
      () => settle(false),
    )
  })
}

/** Other programs of the broker may publish anything. */
function signalOf(payload: Uint8Array): Disconnect | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    const { user, namespace, id } = isTable(value) ? value : {}
    if (typeof user !== 'string' || typeof id !== 'string') return undefined
    return { user, id, namespace: typeof namespace === 'string' ? namespace : undefined }
  } catch {
    return undefined
  }
}
