import { type Codec, encodeBase64, WildcastError } from '@wildcast/protocol/client'
import type { ClientPart, PartPorts } from '../part.js'
import type { Undo } from '../time/clock.js'
import type { OpenTransport, TransportSettings } from '../transports/transport.js'
import { LocalRelay } from './local-relay.js'
import type { TabChannel, TabPlatform } from './tab-platform.js'
import { TabSlot } from './tab-slot.js'

const missing =
  'shareTabs needs Web Locks and BroadcastChannel, which a page has over HTTPS or on localhost: it has a connection of its own'

/** How tabs share a connection. */
export interface ShareTabsOptions {
  /**
   * Tabs of one origin with the same name and `url` share a connection: give each user an own one,
   * and tabs whose tokens are renewed a name, since each has another token.
   * @default the token: tabs with different ones don't share
   */
  readonly name?: string | undefined
}

/**
 * A part of a client that shares one connection with the clients of other tabs of its origin. One
 * tab holds it; if that is closed, frozen or crashes, another goes on with its session.
 *
 * A client that serves or joins a group has a connection of its own from then on. Without Web Locks
 * and BroadcastChannel each has one, and `onError` is called once with the stage `transport`.
 * @example
 * const client = createClient({ url: '/ws', use: [shareTabs()] })
 */
export function shareTabs({ name }: ShareTabsOptions = {}): ClientPart {
  return (ports) => {
    const { BroadcastChannel, navigator } = globalThis
    const locks = navigator?.locks
    if (locks && BroadcastChannel)
      shareOn({ locks, openChannel: (group) => new BroadcastChannel(group) as TabChannel }, name, ports)
    else ports.fault(new WildcastError('unsupported', missing), 'transport')
    return ports.publish
  }
}

/**
 * Shares over what a platform has. Returns how to leave the others at once, as a page that is left
 * does.
 */
export function shareOn(platform: TabPlatform, name: string | undefined, ports: PartPorts): Undo {
  const { reach, fault, url } = ports
  const load = reach.load.bind(reach)
  let isAlone = false
  let settings: TransportSettings | undefined
  let token: string | undefined
  let seat: TabSlot | undefined

  const leave = (): void => {
    seat?.leave()
    seat = undefined
  }
  const hide = (): void => {
    leave()
    local.forget()
  }
  const join = async (given: TransportSettings): Promise<void> => {
    const group = await groupOf(url, given.codec, name === undefined ? token : { name })
    if (seat?.group === group) {
      seat.member?.retry()
      return
    }
    leave()
    local.forget()
    const { codec, clock, WebSocket } = given
    const more = { settings: { url, codec, clock, WebSocket }, load, token: () => token, local }
    seat = new TabSlot(group, { ...ports, ...more, platform }, hide)
    await seat.take()
  }
  const local = new LocalRelay({
    connect(given) {
      token = given
      if (settings) join(settings).catch((cause) => fault(WildcastError.from(cause), 'transport'))
    },
    begin: () => seat?.member?.begin(),
    frame(frame) {
      if (frame.kind === 'Subscribe' && (frame.serve || frame.group !== undefined)) {
        isAlone = true // what only one has belongs to one tab, and ends with it
        queueMicrotask(hide)
        return
      }
      settings?.codec.encode(frame) // throws now if it can't be sent later
      seat?.member?.send(frame)
    },
    leave,
  })
  const open: OpenTransport = (events, given) => {
    settings = given
    return local.open(events)
  }
  reach.load = () => (isAlone ? load() : open)
  return hide
}

/** A name that only tabs have which may share: it shows nothing of the token. */
async function groupOf(url: string, codec: Codec, whose: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([url, codec.name, whose]))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  return `wildcast-tabs:${encodeBase64(hash)}:`
}
