import { type ClientFrame, type Codec, encodeBase64, WildcastError } from '@wildcast/protocol/client'
import type { ClientPart, PartPorts } from '../part.js'
import type { Undo } from '../time/clock.js'
import type { OpenTransport, TransportSettings } from '../transports/transport.js'
import { GivenTokens } from './given-tokens.js'
import { LocalRelay } from './local-relay.js'
import type { TabChannel, TabPlatform } from './tab-platform.js'
import { TabSlot } from './tab-slot.js'

const missing =
  'no Web Locks or no BroadcastChannel: serve the page over HTTPS or from localhost; this tab has its own connection'

/** Options of `shareTabs`. */
export interface ShareTabsOptions {
  /**
   * Tabs of one origin with the same name and `url` share a connection. Use a different name for
   * each user; a name is needed if tokens are renewed, since each tab then has a different one.
   * @default the token: tabs with different tokens don't share
   */
  readonly name?: string | undefined
}

/**
 * Creates a part of a client that shares one connection with the clients of other tabs of its
 * origin. One tab holds it; if that tab is closed, frozen or crashes, another one resumes its
 * session.
 *
 * A client that serves, joins a group, holds a lock or enters a room has its own connection from
 * then on, since these must end with its tab. Without Web Locks and
 * BroadcastChannel each tab has one, and `onError` is called once with the stage `transport`.
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

/** Shares a connection on a platform. Returns a function that leaves the group at once. */
export function shareOn(platform: TabPlatform, name: string | undefined, ports: PartPorts): Undo {
  const { reach, fault, url } = ports
  const load = reach.load.bind(reach)
  let isAlone = false
  let settings: TransportSettings | undefined
  let token: string | undefined
  const tokens = new GivenTokens(ports.tokens, ports.clock)
  let slot: TabSlot | undefined

  const leave = (): void => {
    slot?.leave()
    slot = undefined
  }
  const hide = (): void => {
    leave()
    local.forget()
  }
  const join = async (given: TransportSettings): Promise<void> => {
    const group = await groupOf(url, given.codec, name === undefined ? token : { name })
    if (slot?.group === group) {
      slot.member?.retry()
      return
    }
    leave()
    local.forget()
    const { codec, clock, WebSocket } = given
    const more = { settings: { url, codec, clock, WebSocket }, load, tokens, local }
    slot = new TabSlot(group, { ...ports, ...more, platform }, hide)
    await slot.take()
  }
  const local = new LocalRelay({
    connect(given) {
      token = given
      tokens.give(given)
      if (settings) join(settings).catch((cause) => fault(WildcastError.from(cause), 'transport'))
    },
    begin: () => slot?.member?.begin(),
    frame(frame) {
      if (mustEndWithTab(frame)) {
        isAlone = true
        queueMicrotask(hide)
        return
      }
      settings?.codec.encode(frame) // throws here if it can't be encoded
      slot?.member?.send(frame)
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

/** Whether the effect of a frame must not outlive its tab. */
function mustEndWithTab(frame: ClientFrame): boolean {
  if (frame.kind === 'Subscribe') return frame.serve === true || frame.group !== undefined
  return frame.kind === 'Enter' || (frame.kind === 'Publish' && frame.will !== undefined)
}

/** Returns a name that is equal only for tabs that may share. Its hash hides the token. */
async function groupOf(url: string, codec: Codec, whose: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([url, codec.name, whose]))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  return `wildcast-tabs:${encodeBase64(hash)}:`
}
