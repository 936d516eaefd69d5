import type { ClientGuard } from '@wildcast/contract'
import { WildcastError } from '@wildcast/protocol/client'
import { type Call, callBack } from './app/call-back.js'
import { checkNumber } from './app/number-option.js'
import { interrupted } from './connection/interrupted.js'
import { RelayLink, type RelayLinkSettings } from './connection/relay-link.js'
import type { Status } from './connection/status.js'
import { dispatch } from './dispatch.js'
import { Exchanges } from './exchanges/exchanges.js'
import { openPublish, type SendPublish } from './publishing/publish.js'
import type { ListenPorts } from './subscriptions/listen.js'
import { openSubscriptions } from './subscriptions/subscriptions.js'
import type { VerbPorts } from './verb-ports.js'

const cannotConnect = 'give createClient a WebSocket, such as that of the package ws, or a url with its host'

/** Settings of a client's engine. */
export interface EngineSettings extends RelayLinkSettings {
  readonly queue?: number | undefined
  /** Whether this environment has a transport to connect with. */
  mayConnect(): boolean
  onStatus(status: Status): void
  /** Permissions may have changed. */
  onAccess(): void
}

/** The connected parts of a client. */
export interface Engine extends VerbPorts {
  readonly link: RelayLink
  readonly exchanges: Exchanges
  /** Set by a contract. */
  guard?: ClientGuard | undefined
  close(): void
  /** A `ClientPart` may replace it. */
  publish: SendPublish
}

/** Connects the parts of a client. Each gets only what it needs of the others. */
export function openEngine(settings: EngineSettings): Engine {
  const { clock, codec, fault, queue = 1000 } = settings
  const report = (cause: unknown): void => fault(WildcastError.from(cause), 'handler')
  const call: Call = (callback, value) => callBack(callback, value, report)
  const link = new RelayLink(settings, {
    frame: (frame, receivedAt) => dispatch(frame, receivedAt, receivers),
    opened: () => subscriptions.handle({ type: 'opened' }),
    welcomed() {
      exchanges.flush()
      settings.onAccess()
    },
    renewed() {
      subscriptions.handle({ type: 'renewed' })
      settings.onAccess()
    },
    lost(reason) {
      const { refusal } = link
      const closed = link.status.state === 'closed'
      subscriptions.handle(refusal ? { type: 'refused', reason: refusal } : { type: 'lost' })
      if (closed && !refusal) subscriptions.close()
      exchanges.lost(reason, closed ? (refusal ?? reason) : undefined)
      if (refusal) fault(refusal, 'transport')
    },
    status(status) {
      subscriptions.notify()
      settings.onStatus(status)
    },
  })
  const exchanges = new Exchanges(link, codec, Math.floor(checkNumber('queue', queue, 'from 0')), clock)
  /**
   * Connects if the client is idle. Doesn't throw after the relay's final refusal, although the
   * status is `closed`: `reconnect()` may help.
   */
  const use = (): void => {
    if (link.status.state === 'idle' && settings.mayConnect()) link.connect()
    if (link.status.state === 'closed' && !link.refusal) throw interrupted('the client was closed')
  }
  const post: Exchanges['post'] = (frame, handler) => {
    use()
    if (link.refusal) throw link.refusal
    if (link.status.state === 'idle') throw new WildcastError('unsupported', cannotConnect)
    return exchanges.post(frame, handler)
  }
  const ports = { clock, link, call, report, fault, exchanges, post, publish: openPublish(post, clock) }
  const subscriptions = openSubscriptions(ports)
  const receivers = { exchanges, subscriptions, fault }
  const subscribe: ListenPorts['subscribe'] = (spec, listener) => {
    use()
    return subscriptions.add(spec, listener)
  }
  const close = (): void => {
    subscriptions.leave()
    link.close()
  }
  return { ...ports, subscribe, close }
}
