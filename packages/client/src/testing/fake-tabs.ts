import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { type Client, createClient } from '../client.js'
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
   * Ends as a crash does. Of what it has sent to the relay, so many frames still arrive. The last
   * that it has said to other tabs does not reach the one that is named.
   */
  kill(arriving?: number, missing?: string): void
  /** Nothing runs in it until it thaws; what is sent to it waits. */
  freeze(): void
  thaw(): void
  /** As a page that is left. */
  leave(): void
  /** Its connection to the relay breaks, if it has one. */
  cut(): void
}

/** A connection of a tab. */
interface FakeLink {
  /** Its page has crashed. Of what was sent, so many frames arrive. */
  cut(arriving: number): void
  /** The network loses it, with what is on it. */
  drop(): void
}

/**
 * What happens between tabs and their relay, one step after the other, in an order that a test
 * chooses.
 */
export class FakeTabs {
  readonly clock: FakeClock = createFakeClock()
  readonly relay: SessionRelay = new SessionRelay(this.clock)
  readonly #locks = new FakeLocks()
  readonly #queues = new Map<object, (() => void)[]>()
  readonly #channels = new Set<{ readonly name: string; readonly tab: object; hear(message: TabMessage): void }>()
  readonly #frozen = new Set<object>()
  readonly #named = new Map<string, object>()
  /** Which tab has said what a step brings. */
  readonly #sayers = new WeakMap<() => void, object>()
  readonly #dead = new Set<object>()
  /** Connections that were opened, by tab. */
  readonly opened: string[] = []

  /** How many steps could be next: one for each way on which something is. */
  get ways(): number {
    return this.#ready.length
  }

  get #ready(): object[] {
    return [...this.#queues].filter(([way, steps]) => steps.length > 0 && !this.#frozen.has(way)).map(([way]) => way)
  }

  /** Does one step. */
  async step(choice: number): Promise<void> {
    const ready = this.#ready
    const way = ready[choice % ready.length]
    if (way) this.#queues.get(way)?.shift()?.()
    await settle()
  }

  /** Does all steps, also those that follow in so many milliseconds. */
  async drain(ms: number = 0): Promise<void> {
    for (let passed = 0; passed <= ms; passed += 100) {
      await settle()
      while (this.ways > 0) await this.step(0)
      if (passed < ms) await this.clock.advance(100)
    }
  }

  /**
   * @param token - by which the tab finds the others; without one, all find each other by a name
   */
  open(name: string, token?: string): FakeTab {
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
          leave = shareOn(platform, token === undefined ? 'us' : undefined, ports)
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
        this.#forget(tab, this.#named.get(missing))
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

  /** Adds a step to what is on a way: of a tab, or to the relay. */
  #add(way: object, run: () => void): void {
    if (this.#dead.has(way)) return
    const steps = this.#queues.get(way) ?? []
    steps.push(run)
    this.#queues.set(way, steps)
  }

  /** What a tab has said last is lost on its way to another one. */
  #forget(tab: object, missing: object | undefined): void {
    const steps = (missing && this.#queues.get(missing)) ?? []
    for (let last = steps.at(-1); last && this.#sayers.get(last) === tab; last = steps.at(-1)) steps.pop()
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
            const step = (): void => other.hear(data)
            this.#sayers.set(step, tab)
            this.#add(other.tab, step)
          }
      },
      close: () => this.#channels.delete(end),
    }
    const end = { name, tab, hear: (data: TabMessage) => channel.onmessage?.({ data }) }
    this.#channels.add(end)
    return channel
  }

  #transportOf(tab: object, name: string, links: Set<FakeLink>): OpenTransport {
    return (events) => {
      this.opened.push(name)
      const way = {}
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
          this.#queues.get(way)?.splice(arriving)
          this.#add(way, () => link.close(1001))
        },
        drop: () => {
          if (!isOpen) return
          isOpen = false
          links.delete(own)
          this.#queues.delete(way)
          this.#add(way, () => link.close(1006))
          this.#add(tab, () => events.close({ code: 1006, reason: '' }))
        },
      }
      links.add(own)
      this.#add(tab, () => isOpen && events.open())
      return {
        send: (frame: ClientFrame) => {
          if (!isOpen || this.#dead.has(tab)) return
          const data = structuredClone(frame)
          this.#add(way, () => link.hear(data))
        },
        close: (code) => {
          isOpen = false
          links.delete(own)
          this.#add(way, () => link.close(code ?? 1005))
        },
      }
    }
  }
}
