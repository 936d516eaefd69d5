import type { ClientFrame, RelayFrame, WelcomeFrame } from '@wildcast/protocol'
import type { ClientOptions } from '../options.js'
import { type Connected, start } from './connect.js'
import { settle } from './fake-clock.js'
import { keeping } from './scripted-relay.js'

/** A client of a relay that keeps sessions. */
export interface Kept extends Connected {
  /** The fields of `Welcome` for a client that claims its session. @default all frames received */
  returning: Partial<WelcomeFrame>
  /** The kinds of frames that the relay doesn't answer. */
  readonly ignored: Set<ClientFrame['kind']>
}

/** Creates a client that is online, and whose relay keeps its session. */
export async function keep(options?: Partial<ClientOptions>, limits?: Partial<WelcomeFrame['limits']>): Promise<Kept> {
  const connected = start(options)
  const kept: Kept = { ...connected, returning: { resumed: true }, ignored: new Set() }
  const hello: WelcomeFrame = { ...keeping, limits: { ...keeping.limits, ...limits } }
  connected.relay.answer = (frame): RelayFrame | 'nothing' | undefined => {
    if (frame.kind === 'Connect')
      return frame.session === undefined ? hello : { ...hello, received: lastNumber(kept), ...kept.returning }
    return kept.ignored.has(frame.kind) ? 'nothing' : undefined
  }
  await settle()
  return kept
}

/** The number of the last frame from the client that counts. */
function lastNumber({ relay }: Kept): number {
  return Math.max(0, ...relay.links.flatMap(({ numbers }) => numbers.map((number = 0) => number)))
}
