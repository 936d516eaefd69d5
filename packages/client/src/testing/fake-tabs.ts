import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { type Client, createClient } from '../client.js'
import type { TokenFunction } from '../connection/token-source.js'
import { shareOn } from '../tabs/share-tabs.js'
import type { TabMessage } from '../tabs/tab-message.js'
import type { TabPlatform } from '../tabs/tab-platform.js'
import type { OpenTransport } from '../transports/transport.js'
import { createFakeClock, type FakeClock, settle } from './fake-clock.js'
import { FakeLocks } from './fake-locks.js'
import { SessionRelay } from './session-relay.js'

/** A tab with a client that shares its connection. */
export interface FakeTab {
  readonly name: string
  readonly client: Client
  readonly errors: string[]
  /**
   * Crashes the tab. The first `arriving` frames in flight still reach the relay. The last messages
   * to the other tabs don't reach the tab named `missing`.
   */
  kill(arriving?: number, missing?: string): void
  /** Stops the tab until it thaws. Messages to it are queued. */
  freeze(): void
  thaw(): void
  /** Leaves the page. */
  leave(): void
  /** Breaks the tab's connection to the relay, if it has one. */
  cut(): void
}

/** A connection of a tab. */
interface FakeLink {
  /** The page has crashed: the first `arriving` frames in flight still arrive. */
  cut(arriving: number): void
  /** The network fails: everything in flight is lost. */
  drop(): void
}

/** Tabs and their relay, which exchange messages step by step in an order that a test chooses. */
export class FakeTabs {
  readonly clock: FakeClock = createFakeClock()
  readonly relay: SessionRelay = new SessionRelay(this.clock)
  readonly #locks = new FakeLocks()
  readonly #queues = new Map<object, (() => void)[]>()
  readonly #channels = new Set<{ readonly name: string; readonly tab: object; receive(message: TabMessage): void }>()
  readonly #frozen = new Set<object>()
  readonly #named = new Map<string, object>()
  /** The tab that sent the message of a step. */
  readonly #senders = new WeakMap<() => void, object>()
  readonly #dead = new Set<object>()
  /** The names of the tabs that opened a connection, in order. */
  readonly opened: string[] = []

  /** The queues that have a next step: of tabs, and of connections to the relay. */
  get #ready(): object[] {
    return [...this.#queues].filter(([to, steps]) => steps.length > 0 && !this.#frozen.has(to)).map(([to]) => to)
  }

  /** Executes the next step of one queue. */
  async step(choice: number): Promise<void> {
    const ready = this.#ready
    const to = ready[choice % ready.length]
    if (to) this.#queues.get(to)?.shift()?.()
    await settle()
  }

  /** Executes all steps, also those that follow within `ms` milliseconds. */
  async drain(ms: number = 0): Promise<void> {
    for (let passed = 0; passed <= ms; passed += 100) {
      await settle()
      while (this.#ready.length > 0) await this.step(0)
      if (passed < ms) await this.clock.advance(100)
    }
  }

  /**
   * Opens a tab.
   * @param token - tabs with the same text share a connection; all tabs without one do
   */
  open(name: string, token?: string | TokenFunction): FakeTab {
    const tab = {}
    this.#named.set(name, tab)
    const { clock } = this
    const links = new Set<FakeLink>()
    const errors: string[] = []
    const locks = this.#locks.of(tab)
    const platform: TabPlatform = { locks, openChannel: (group) => this.#openChannel(group, tab) }
    const transport = this.#transportOf(tab, name, links)
    let leave: () => void = () => {}
    const client = createClient({
      url: 'ws://relay.test',
      clock: {
        ...clock,
        now: clock.now,
        random: () => 0.5,
        after: (ms, run) => clock.after(ms, () => this.#run(tab, run)),
      },
      transport,
      token,
      onError: (error) => errors.push(`${error.code}: ${error.message}`),
      use: [
        (ports) => {
          leave = shareOn(platform, typeof token === 'string' ? undefined : 'us', ports)
          return ports.publish
        },
      ],
    })
    return {
      name,
      client,
      errors,
      kill: (arriving = 0, missing = '') => {
        this.#dead.add(tab)
        this.#drop(tab, this.#named.get(missing))
        this.#queues.delete(tab)
        for (const link of links) link.cut(arriving)
        this.#locks.end(tab)
      },
      freeze: () => this.#frozen.add(tab),
      thaw: () => this.#frozen.delete(tab),
      leave: () => leave(),
      cut: () => {
        for (const link of links) link.drop()
      },
    }
  }

  /** Adds a step to the queue of a tab, or of a connection to the relay. */
  #add(to: object, run: () => void): void {
    if (this.#dead.has(to)) return
    const steps = this.#queues.get(to) ?? []
    steps.push(run)
    this.#queues.set(to, steps)
  }

  /** Drops the last messages of a tab to another one. */
  #drop(tab: object, missing: object | undefined): void {
    const steps = (missing && this.#queues.get(missing)) ?? []
    for (let last = steps.at(-1); last && this.#senders.get(last) === tab; last = steps.at(-1)) steps.pop()
  }

  #run(tab: object, run: () => void): void {
    if (this.#frozen.has(tab)) this.#add(tab, run)
    else if (!this.#dead.has(tab)) run()
  }

  #openChannel(name: string, tab: object): ReturnType<TabPlatform['openChannel']> {
    const channel: ReturnType<TabPlatform['openChannel']> = {
      onmessage: null,
      postMessage: (message) => {
        if (this.#dead.has(tab)) return
        const data = structuredClone(message)
        for (const other of this.#channels)
          if (other.name === name && other !== end) {
            const step = (): void => other.receive(data)
            this.#senders.set(step, tab)
            this.#add(other.tab, step)
          }
      },
      close: () => this.#channels.delete(end),
    }
    const end = { name, tab, receive: (data: TabMessage) => channel.onmessage?.({ data }) }
    this.#channels.add(end)
    return channel
  }

  #transportOf(tab: object, name: string, links: Set<FakeLink>): OpenTransport {
    return (events) => {
      this.opened.push(name)
      const connection = {}
      let isOpen = true
      const link = this.relay.accept({
        send: (frame: RelayFrame) => this.#add(tab, () => isOpen && events.frame(structuredClone(frame))),
        close: (code: number) =>
          this.#add(tab, () => {
            if (isOpen) events.close({ code, reason: '' })
            isOpen = false
          }),
      })
      const own = {
        cut: (arriving: number) => {
          isOpen = false
          this.#queues.get(connection)?.splice(arriving)
          this.#add(connection, () => link.close(1001))
        },
        drop: () => {
          if (!isOpen) return
          isOpen = false
          links.delete(own)
          this.#queues.delete(connection)
          this.#add(connection, () => link.close(1006))
          this.#add(tab, () => events.close({ code: 1006, reason: '' }))
        },
      }
      links.add(own)
      this.#add(tab, () => isOpen && events.open())
      return {
        send: (frame: ClientFrame) => {
          if (!isOpen || this.#dead.has(tab)) return
          const data = structuredClone(frame)
          this.#add(connection, () => link.receive(data))
        },
        close: (code) => {
          isOpen = false
          links.delete(own)
          this.#add(connection, () => link.close(code ?? 1005))
        },
      }
    }
  }
}
