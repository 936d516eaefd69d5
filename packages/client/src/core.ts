import { WildcastError } from '@wildcast/protocol'
import type { Listener } from './audience.js'
import type { Clock, Undo } from './clock.js'
import type { Status } from './connection.js'
import { type Exchanges, openExchanges } from './exchanges.js'
import type { Want } from './interest.js'
import type { LineSettings } from './line.js'
import { type Link, openLink } from './link.js'
import type { OnError } from './options.js'
import { type Letter, openOutbox } from './outbox.js'
import { toPayload } from './payload.js'
import { publish } from './publish.js'
import { openRoute } from './route.js'
import { openSubscriptions } from './subscriptions.js'

/** What the verbs of a client work with. */
export interface Core extends Pick<Exchanges, 'ask' | 'forget'> {
  readonly clock: Clock
  readonly link: Link
  readonly onError: OnError
  /** Calls the app; what it throws goes to `onError`. */
  call<Value>(callback: ((value: Value) => unknown) | undefined, value: Value): void
  /** @throws {WildcastError} `interrupted` after `close()`, `already_served` */
  subscribe(want: Want, listener: Listener): Undo
  /** Sends a letter, now or when there is a way. Returns the undo for one that waits. */
  post(letter: Letter): Undo
}

/** What a core is told. */
export interface CoreSettings extends LineSettings {
  readonly queue: number
  /** Whether there is anything to connect with here. */
  canConnect(): boolean
  onStatus(status: Status): void
}

/** Joins the parts of a client. */
export function openCore(settings: CoreSettings): Core {
  const { clock, onError } = settings
  const call = guard(onError)
  const exchanges = openExchanges((frame) => link.send(frame))
  const outbox = openOutbox(settings.queue)
  const subscriptions = openSubscriptions({
    clock,
    onError,
    call,
    ask: exchanges.ask,
    send: (frame) => link.send(frame),
    alive: () => link.status.state !== 'idle' && link.status.state !== 'closed',
    answer: async ({ response_subject: subject = '', broker }, data, options) =>
      publish(core, { kind: 'Publish', subject, broker, message: toPayload(data), ...options }),
  })
  const link = openLink(settings, {
    frame: openRoute(subscriptions, exchanges, onError),
    greet() {
      subscriptions.greet()
      outbox.flush()
    },
    lost(reason) {
      const end = endOf(link)
      subscriptions.lost(end?.reason)
      exchanges.lost(new WildcastError('interrupted', reason.message, { cause: reason }))
      if (end) outbox.clear(reason)
      if (end?.reason) onError(end.reason, { stage: 'transport' })
      else if (end) subscriptions.close()
    },
    status(status) {
      subscriptions.tell()
      settings.onStatus(status)
    },
  })
  const core: Core = {
    clock,
    link,
    onError,
    call,
    ask: exchanges.ask,
    forget: exchanges.forget,
    subscribe(want, listener) {
      const end = use(link, settings)
      if (end && !end.reason) throw closed() // after a refusal by the relay, reconnect() may help
      return subscriptions.add(want, listener)
    },
    post(letter) {
      const end = use(link, settings)
      if (!end) return outbox.post(letter)
      letter.fail(end.reason ?? closed())
      return () => undefined
    },
  }
  return core
}

type Closed = Extract<Status, { readonly state: 'closed' }>

function endOf({ status }: Link): Closed | undefined {
  return status.state === 'closed' ? status : undefined
}

/** Connects where nobody has yet. */
function use(link: Link, { canConnect }: CoreSettings): Closed | undefined {
  if (link.status.state === 'idle' && canConnect()) link.connect()
  return endOf(link)
}

function closed(): WildcastError {
  return new WildcastError('interrupted', 'the client was closed: create another')
}

function guard(onError: OnError): Core['call'] {
  return (callback, value) => {
    try {
      callback?.(value)
    } catch (cause) {
      onError(WildcastError.from(cause), { stage: 'handler' })
    }
  }
}
