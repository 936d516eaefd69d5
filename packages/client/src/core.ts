import { WildcastError } from '@wildcast/protocol'
import { callBack } from './call-back.js'
import type { Clock, Undo } from './clock.js'
import type { Status } from './connection.js'
import { type AnswerFrame, type Exchanges, openExchanges } from './exchanges.js'
import { toError } from './failure.js'
import type { SubscriptionFrame } from './interest.js'
import { type Link, type LinkSettings, openLink } from './link.js'
import type { Listener, Want } from './listener.js'
import { checkNumber } from './number-option.js'
import type { OnError } from './options.js'
import { openSubscriptions } from './subscriptions.js'

/** What the parts of a client work with. */
export interface Core extends Pick<Exchanges, 'ask' | 'post'> {
  readonly clock: Clock
  readonly link: Link
  readonly onError: OnError
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
  const { clock, onError, queue: bound = 1000 } = settings
  const queue = Math.floor(checkNumber('queue', bound, 'from 0'))
  const link = openLink(settings, {
    frame(frame) {
      // What has a ref answers something; what has an id is about a subscription.
      if ((frame as AnswerFrame).ref !== undefined) exchanges.hear(frame as AnswerFrame)
      else if (!subscriptions.hear(frame as SubscriptionFrame) && frame.kind === 'Error')
        onError(toError(frame), { stage: 'protocol' })
    },
    opened: () => subscriptions.each((interest) => interest.ask()),
    welcomed: () => exchanges.flush(),
    lost(reason) {
      const { status } = link
      const closed = status.state === 'closed'
      const refusal = closed ? status.reason : undefined
      subscriptions.each((interest) =>
        refusal ? interest.refuse(refusal) : closed ? interest.close() : interest.lose(),
      )
      exchanges.lost(reason, closed ? (refusal ?? reason) : undefined)
      if (refusal) onError(refusal, { stage: 'transport' })
    },
    status(status) {
      subscriptions.each((interest) => interest.tell())
      settings.onStatus(status)
    },
  })

  /** Connects where nobody has yet. After the relay's final refusal the status is `closed`, and reconnect() may help. */
  const use = (): Status => {
    if (link.status.state === 'idle' && settings.mayConnect()) link.connect()
    const { status } = link
    if (status.state === 'closed' && !status.reason) throw new WildcastError('interrupted', 'the client was closed')
    return status
  }

  const exchanges = openExchanges(link, settings.codec, queue)
  const core: Core = {
    clock,
    link,
    onError,
    report(cause) {
      onError(WildcastError.from(cause), { stage: 'handler' })
    },
    call: (callback, value) => callBack(callback, value, core.report),
    subscribe(want, listener) {
      use()
      return subscriptions.add(want, listener)
    },
    ask: exchanges.ask,
    post(question, asker) {
      const status = use()
      if (status.state === 'closed') throw status.reason
      return exchanges.post(question, asker)
    },
  }
  const subscriptions = openSubscriptions(core)
  return core
}
