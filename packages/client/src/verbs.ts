import { parsePattern, parseSubject } from '@wildcast/protocol'
import type { Listener } from './audience.js'
import type { Undo } from './clock.js'
import type { Core } from './core.js'
import type { Want } from './interest.js'
import type { Message } from './message.js'
import { toPayload } from './payload.js'
import { publish } from './publish.js'
import { request } from './request.js'
import type { Scope, SubscribeOptions } from './scope.js'
import { serve } from './serve.js'
import { type Subscription, toSubscription } from './subscription.js'
import type { SubscriptionEvents } from './subscription-events.js'

/** The verbs, on one broker unless a call names another. */
export function openVerbs(core: Core, home: string | undefined): Scope {
  const listen = (want: Pick<Want, 'subject' | 'serve'>, listener: Listener, options: SubscribeOptions): Undo => {
    const { broker = home, group, signal } = options
    if (signal?.aborted) return () => undefined
    const stop = core.subscribe({ ...want, broker, group }, listener)
    const undo = (): void => {
      signal?.removeEventListener('abort', undo)
      stop()
    }
    signal?.addEventListener('abort', undo)
    return undo
  }

  function subscribe(pattern: string, handler: (message: Message) => void, options?: SubscribeOptions): Undo
  function subscribe(pattern: string, options?: SubscribeOptions): Subscription
  function subscribe(
    pattern: string,
    how?: SubscribeOptions | ((message: Message) => void),
    more: SubscribeOptions = {},
  ): Undo | Subscription {
    const want = { subject: parsePattern(pattern), serve: undefined }
    if (typeof how === 'function') return listen(want, { ...eventsOf(more), onMessage: how }, more)
    const { signal, ...options } = how ?? {}
    const onError = options.onError ?? ((error) => core.onError(error, { stage: 'subscription' }))
    return toSubscription((listener) => listen(want, listener, options), { ...eventsOf(options), onError }, signal)
  }

  return {
    subscribe,
    async publish(subject, data, { broker = home, headers, responseSubject, wildcard } = {}) {
      return publish(core, {
        kind: 'Publish',
        subject: (wildcard ? parsePattern : parseSubject)(subject),
        message: toPayload(data),
        broker,
        headers,
        wildcard,
        response_subject: responseSubject && parseSubject(responseSubject),
      })
    },
    async request(subject, data, { broker = home, headers, ...waiting } = {}) {
      const message = toPayload(data)
      return request(core, { kind: 'Request', subject: parseSubject(subject), message, broker, headers }, waiting)
    },
    serve(subject, handler, options = {}) {
      const want = { subject: parseSubject(subject), serve: true } as const
      const onMessage = (message: Message): void => void serve(message, handler, core.onError)
      return listen(want, { ...eventsOf(options), onMessage }, options)
    },
  }
}

function eventsOf({ onStatus, onGap, onError }: SubscriptionEvents): SubscriptionEvents {
  return { onStatus, onGap, onError }
}
