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
  #status: SubscriptionStatus = 'idle'
  #error: WildcastError | undefined
  #missed = 0
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
    this.#missed += missed
    this.#sinceGap = 0
    this.#schedule()
  }

  status(status: SubscriptionStatus): void {
    this.#status = status
    if (status === 'ready') this.#error = undefined
    this.#schedule()
  }

  error(error: WildcastError): void {
    this.#error = error
    this.#schedule()
  }

  #open(): void {
    try {
      this.#unsubscribe ??= this.#subscribe(this)
    } catch (cause) {
      this.status('error')
      this.error(WildcastError.from(cause))
    }
  }

  #schedule(): void {
    this.#cancelFrame ??= nextFrame(() => this.#show())
  }

  #show(): void {
    this.#cancelFrame = undefined
    const keep = Math.max(0, ...[...this.#viewers].map((viewer) => viewer.keep))
    const arrived = this.#arrived
    this.#arrived = []
    // Nobody is there within the linger: what was kept stays.
    const bound = this.#viewers.size === 0 ? Math.max(this.feed.items.length, 1) : keep
    const items = arrived.length === 0 ? this.feed.items : newest([...this.feed.items, ...arrived], bound)
    this.feed = {
      items,
      last: arrived.at(-1) ?? this.feed.last,
      status: this.#status,
      continuity: continuityOf(this.#status, this.#sinceGap < bound),
      missed: this.#missed,
      error: this.#error,
    }
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
