import { type Client, type Gap, type Message, type SubscriptionStatus, WildcastError } from '@wildcast/client'
import { after, nextFrame } from './clock.js'
import { continuityOf, emptyFeed, type Feed } from './feed.js'

/** What distinguishes subscriptions on the wire. Everything else is local to a hook. */
export interface WireOptions {
  readonly broker?: string | undefined
  readonly group?: string | undefined
}

/** Who looks at a store. */
export interface Viewer {
  /** How many messages it wants to see; 0 for one that only wants events. */
  readonly keep: number
  /** Hears of every message at once. */
  event(message: Message): void
  /** Told once per frame that the feed has changed. */
  changed(): void
}

/** How long a store outlives its last viewer: StrictMode mounts twice, keys change, routes come back. */
const lingerMs = 1000

/** One subscription and what came of it, outside of React. */
export class Store {
  /** What was last shown. */
  feed: Feed = emptyFeed
  readonly #subscribe: (store: Store) => () => void
  readonly #closed: () => void
  readonly #viewers: Set<Viewer> = new Set()
  #arrived: Message[] = []
  /** What will be shown beside the messages. */
  #next: Feed = emptyFeed
  #keep = 0
  /** Messages since the last loss; endless where nothing was lost. */
  #sinceGap = Number.POSITIVE_INFINITY
  #cancelFrame: (() => void) | undefined
  #cancelLinger: (() => void) | undefined
  #unsubscribe: (() => void) | undefined

  constructor(subscribe: (store: Store) => () => void, closed: () => void) {
    this.#subscribe = subscribe
    this.#closed = closed
  }

  /** Adds a viewer; the first subscribes. Returns the undo. */
  view(viewer: Viewer): () => void {
    this.#cancelLinger?.()
    this.#viewers.add(viewer)
    this.#open()
    return () => {
      this.#viewers.delete(viewer)
      if (this.#viewers.size === 0) this.#cancelLinger = after(lingerMs, () => this.#close())
    }
  }

  message(message: Message): void {
    this.#arrived.push(message)
    this.#sinceGap++
    this.#schedule()
    const thrown: unknown[] = []
    for (const viewer of this.#viewers) {
      try {
        viewer.event(message)
      } catch (cause) {
        thrown.push(cause)
      }
    }
    if (thrown.length > 0) throw thrown[0] // the client reports it; every other viewer has heard the message
  }

  gap({ missed = 0 }: Gap): void {
    this.#sinceGap = 0
    this.#change({ missed: this.#next.missed + missed })
  }

  status(status: SubscriptionStatus): void {
    this.#change(status === 'ready' ? { status, error: undefined } : { status })
  }

  error(error: WildcastError): void {
    this.#change({ error })
  }

  #open(): void {
    try {
      this.#unsubscribe ??= this.#subscribe(this)
    } catch (cause) {
      this.#change({ status: 'error', error: WildcastError.from(cause) })
    }
  }

  #change(next: Partial<Feed>): void {
    this.#next = { ...this.#next, ...next }
    this.#schedule()
  }

  #schedule(): void {
    this.#cancelFrame ??= nextFrame(() => this.#show())
  }

  #show(): void {
    this.#cancelFrame = undefined
    const arrived = this.#arrived
    this.#arrived = []
    // Within the linger nobody is there: then as many are kept as before.
    if (this.#viewers.size > 0) this.#keep = Math.max(...[...this.#viewers].map((viewer) => viewer.keep))
    const items = arrived.length === 0 ? this.feed.items : newest([...this.feed.items, ...arrived], this.#keep)
    const continuity = continuityOf(this.#next.status, this.#sinceGap < this.#keep)
    this.feed = { ...this.#next, items, last: arrived.at(-1) ?? this.feed.last, continuity }
    for (const viewer of this.#viewers) viewer.changed()
  }

  #close(): void {
    this.#cancelFrame?.()
    this.#unsubscribe?.()
    this.#closed()
  }
}

/** The last so many. */
export function newest<Item>(items: readonly Item[], count: number): readonly Item[] {
  return items.length <= count ? items : items.slice(items.length - count)
}

const stores = new WeakMap<Client, Map<string, Store>>()

/** The store of a subscription: the same for everybody who asks with the same client, pattern and wire options. */
export function storeOf(client: Client, pattern: string, { broker, group }: WireOptions): Store {
  const known = stores.get(client) ?? new Map<string, Store>()
  stores.set(client, known)
  const key = JSON.stringify([pattern, broker, group])
  const store =
    known.get(key) ??
    new Store(
      (self) =>
        client.subscribe(pattern, (message) => self.message(message), {
          broker,
          group,
          onGap: (gap) => self.gap(gap),
          onStatus: (status) => self.status(status),
          onError: (error) => self.error(error),
        }),
      () => known.delete(key),
    )
  known.set(key, store)
  return store
}
