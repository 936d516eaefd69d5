import { WildcastError } from '@wildcast/protocol'
import { callBack } from './app/call-back.js'
import { checkNumber } from './app/number-option.js'
import type { Status } from './connection/connection.js'
import { type Link, type LinkSettings, openLink } from './connection/link.js'
import { type AnswerFrame, type Exchanges, openExchanges } from './exchanges/exchanges.js'
import { toError } from './exchanges/failure.js'
import type { Fault } from './options.js'
import type { SubscriptionFrame } from './subscriptions/interest.js'
import type { Listener, Want } from './subscriptions/listener.js'
import { openSubscriptions } from './subscriptions/subscriptions.js'
import type { Clock, Undo } from './time/clock.js'

/** What the parts of a client work with. */
export interface Core extends Pick<Exchanges, 'ask' | 'post'> {
  readonly clock: Clock
  readonly link: Link
  readonly fault: Fault
  /** Reports what the app threw to `onError`. */
  report(cause: unknown): void
  /** Calls the app; what it throws, or rejects with, is reported. */
  call<Value>(callback: ((value: Value) => unknown) | undefined, value: Value): void
  /** @throws {WildcastError} `interrupted` after `close()`, `already_served` */
  subscribe(want: Want, listener: Listener): Undo
}

/** What a core is told. */
export interface CoreSettings extends LinkSettings {
  readonly queue?: number | undefined
  /** Whether there is anything to connect with here. */
  mayConnect(): boolean
  onStatus(status: Status): void
}

/** Joins the parts of a client. */
export function openCore(settings: CoreSettings): Core {
  const { clock, fault, queue = 1000 } = settings
  const link = openLink(settings, {
    frame(frame, receivedAt) {
      // What has a ref answers something; what has an id is about a subscription.
      if ((frame as AnswerFrame).ref !== undefined) exchanges.hear(frame as AnswerFrame)
      else if (!subscriptions.hear(frame as SubscriptionFrame, receivedAt) && frame.kind === 'Error')
        fault(toError(frame), 'protocol')
    },
    opened: () => subscriptions.each((interest) => interest.ask()),
    welcomed: () => exchanges.flush(),
    lost(reason) {
      const { refusal } = link
      const closed = link.status.state === 'closed'
      subscriptions.each((interest) =>
        refusal ? interest.refuse(refusal) : closed ? interest.close() : interest.lose(),
      )
      exchanges.lost(reason, closed ? (refusal ?? reason) : undefined)
      if (refusal) fault(refusal, 'transport')
    },
    status(status) {
      subscriptions.each((interest) => interest.tell())
      settings.onStatus(status)
    },
  })

  /** Connects where nobody has yet. After the relay's final refusal the status is `closed`, and reconnect() may help. */
  const use = (): void => {
    if (link.status.state === 'idle' && settings.mayConnect()) link.connect()
    if (link.status.state === 'closed' && !link.refusal) throw new WildcastError('interrupted', 'the client was closed')
  }

  const exchanges = openExchanges(link, settings.codec, Math.floor(checkNumber('queue', queue, 'from 0')))
  const core: Core = {
    clock,
    link,
    fault,
    report(cause) {
      fault(WildcastError.from(cause), 'handler')
    },
    call: (callback, value) => callBack(callback, value, core.report),
    subscribe(want, listener) {
      use()
      return subscriptions.add(want, listener)
    },
    ask: exchanges.ask,
    post(question, asker) {
      use()
      if (link.refusal) throw link.refusal
      return exchanges.post(question, asker)
    },
  }
  const subscriptions = openSubscriptions(core)
  return core
}
