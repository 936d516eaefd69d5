import { isPattern, isSubject, WildcastError } from '@wildcast/protocol'
import { onAbort } from './app/on-abort.js'
import type { Core } from './core.js'
import type { Message } from './messages/message.js'
import { toContent } from './messages/to-content.js'
import { publish } from './publishing/publish.js'
import { request } from './requests/request.js'
import { type Handler, serve } from './requests/serve.js'
import type { Scope, SubscribeOptions } from './scope.js'
import type { Listener, Want } from './subscriptions/listener.js'
import { toPolicy } from './subscriptions/policy.js'
import { type Subscription, toSubscription } from './subscriptions/subscription.js'
import type { Undo } from './time/clock.js'

/** The verbs, on one broker unless a call names another. */
export function openVerbs(core: Core, home: string | undefined): Scope {
  const listen = (want: Pick<Want, 'subject' | 'serve'>, how: SubscribeOptions & Listener): Undo => {
    const { broker = home, group, signal } = how
    const policy = toPolicy(how)
    if (signal?.aborted) {
      how.onEnd?.()
      return () => {}
    }
    const leave = core.subscribe({ ...want, broker, group, policy }, how)
    const undo = (): void => {
      stop()
      leave()
    }
    const stop = onAbort(signal, () => {
      undo()
      how.onEnd?.()
    })
    return undo
  }

  function subscribe(pattern: string, handler: (message: Message) => void, options?: SubscribeOptions): Undo
  function subscribe(pattern: string, options?: SubscribeOptions): Subscription
  function subscribe(
    pattern: string,
    how?: SubscribeOptions | ((message: Message) => void),
    more?: SubscribeOptions,
  ): Undo | Subscription {
    const want = { subject: check(pattern, isPattern) }
    if (typeof how === 'function') return listen(want, { ...more, onMessage: how })
    return toSubscription((listener) => listen(want, { ...how, ...listener }), how?.onStatus)
  }

  return {
    subscribe,
    async publish(subject, data, { broker = home, headers, responseSubject: response_subject, wildcard } = {}) {
      check(subject, wildcard ? isPattern : isSubject)
      const content = toContent(data, headers)
      return publish(core, { kind: 'Publish', subject, ...content, broker, response_subject, wildcard })
    },
    async request(subject, data, { broker = home, headers, ...waiting } = {}) {
      check(subject, isSubject)
      return request(core, { kind: 'Request', subject, ...toContent(data, headers), broker }, waiting)
    },
    serve(subject, handler, options) {
      const want = { subject: check(subject, isSubject), serve: true } as const
      return listen(want, { ...options, onMessage: (message) => serve(message, handler as Handler, core.report) })
    },
  }
}

/** @throws {WildcastError} `invalid_subject` */
function check(subject: string, isValid: (text: string) => boolean): string {
  if (isValid(subject)) return subject
  throw new WildcastError(
    'invalid_subject',
    `${JSON.stringify(subject)} is no subject: join words by "."; wildcards stand alone`,
  )
}
