import { type BrokerInfo, type Message, type Subject, WildcastError } from '@wildcast/protocol'
import type { Broker, Feature, Interest, OpenBroker, RequestOptions } from '../brokers/broker.js'
import type { Clock } from './clock.js'
import { Feed, feedKey, type Member } from './feed.js'
import type { OnError } from './outlet.js'
import { type Upstream, upstream } from './upstream.js'

/** How long an interest that nobody shares any more is kept, so that remounts and reloads cost the broker nothing. */
const lingerMs = 1000

export interface HubOptions {
  /** The brokers under their names; the first is the default. */
  readonly brokers: Readonly<Record<string, OpenBroker>>
  readonly clock: Clock
  readonly onError: OnError
}

/** Joins sessions to brokers: asks a broker once for each distinct interest, and fans out what comes. */
export interface Hub {
  /** Names, status and features, for `Welcome` and health. */
  brokers(): readonly BrokerInfo[]
  /**
   * The name of a broker, or of the default one.
   * @throws {WildcastError} `unknown_broker`
   */
  nameOf(broker: string | undefined | null): string
  /** @throws {WildcastError} `unsupported`, with the broker's reason */
  demand(broker: string, feature: Feature): void
  isUp(broker: string): boolean
  publish(broker: string, message: Message): Promise<void>
  request(broker: string, message: Message, options: RequestOptions): Promise<Message>
  /** Adds a member to a feed once the broker has confirmed it; `joined` runs before the first message. Returns the undo, which also works before that. */
  join(broker: string, interest: Interest, member: Member, joined: (feed: Feed) => void): Joining
  close(): Promise<void>
}

/** A member on its way into a feed. */
export interface Joining {
  /** Rejects when the broker refuses. */
  readonly done: Promise<void>
  leave(): void
}

interface Link {
  readonly name: string
  readonly broker: Broker
  status: 'up' | 'down'
}

export async function openHub({ brokers, clock, onError }: HubOptions): Promise<Hub> {
  const links = new Map<string, Link>()
  const feeds = new Map<string, Upstream>()
  let lastId = 0

  for (const [name, open] of Object.entries(brokers)) links.set(name, await openLink(name, open))
  const defaultName = [...links.keys()][0]
  if (defaultName === undefined)
    throw new RangeError('a relay needs a broker: pass one, such as brokers: { main: memory(…) }')

  async function openLink(name: string, open: OpenBroker): Promise<Link> {
    let status: Link['status'] = 'down'
    let link: Link | undefined
    const broker = await open({
      status(now, cause) {
        if (now === 'down')
          onError(WildcastError.from(cause ?? 'the link is down', 'broker_down'), { stage: 'broker', broker: name })
        if (link && link.status === 'down' && now === 'up') tellGap(name)
        status = now
        if (link) link.status = now
      },
    })
    link = { name, broker, status }
    return link
  }

  function tellGap(broker: string): void {
    for (const { feed } of feeds.values()) if (feed.broker === broker) feed.announce({ kind: 'Gap', id: feed.id })
  }

  function linkOf(name: string): Link {
    const link = links.get(name)
    if (!link)
      throw new WildcastError(
        'unknown_broker',
        `there is no broker of that name; there are: ${[...links.keys()].join(', ')}`,
      )
    return link
  }

  function openFeed(key: string, broker: string, interest: Interest): Upstream {
    const feed = new Feed(++lastId, broker, interest)
    const opened = upstream({
      feed,
      subscribe: (deliver) => linkOf(broker).broker.subscribe(interest, deliver),
      clock,
      lingerMs: lingers(interest) ? lingerMs : 0,
      closed: () => feeds.delete(key),
      onError,
    })
    feeds.set(key, opened)
    return opened
  }

  return {
    brokers: () =>
      [...links.values()].map(({ name, broker, status }) => ({
        name,
        default: name === defaultName,
        status,
        features: Object.entries(broker.features).flatMap(([feature, can]) => (can === true ? [feature] : [])),
      })),
    nameOf: (broker) => linkOf(broker ?? defaultName).name,
    isUp: (broker) => linkOf(broker).status === 'up',
    demand(name, feature) {
      const can = linkOf(name).broker.features[feature]
      if (can !== true) throw new WildcastError('unsupported', `broker "${name}" can't do "${feature}": ${can}`)
    },
    publish: (name, message) => linkOf(name).broker.publish(message),
    async request(name, message, options) {
      const { broker } = linkOf(name)
      if (!broker.request) throw new WildcastError('unsupported', `broker "${name}" has no request/response`)
      return broker.request(message, options)
    },
    join(broker, interest, member, joined) {
      const key = feedKey(broker, interest)
      const open = feeds.get(key)
      if (open && interest.serve) throw alreadyServed(interest.pattern as Subject)
      return (open ?? openFeed(key, broker, interest)).join(member, joined)
    },
    async close() {
      for (const { broker } of links.values()) await broker.close()
    },
  }
}

/** A member or server that stays on paper would swallow messages, and nobody comes back to the subject of one answer. */
function lingers({ pattern, group, serve }: Interest): boolean {
  return group === undefined && !serve && !pattern.startsWith('response.')
}

function alreadyServed(subject: Subject): WildcastError {
  return new WildcastError('already_served', `"${subject}" has a server already; it must leave first`)
}
