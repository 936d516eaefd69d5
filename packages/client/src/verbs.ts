import { type AckFrame, isPattern, isSubject, WildcastError } from '@wildcast/protocol/client'
import type { Message } from './messages/message.js'
import { toContent } from './messages/to-content.js'
import { newKey } from './publishing/key.js'
import { openPublication } from './publishing/publication.js'
import { sendRequest } from './requests/request.js'
import type { Handler } from './requests/serve.js'
import type { Scope, SubscribeOptions } from './scope.js'
import { scopePorts } from './scope-ports.js'
import { listen } from './subscriptions/listen.js'
import { toPolicy } from './subscriptions/policy.js'
import { type Subscription, toSubscription } from './subscriptions/subscription.js'
import type { SubscriptionListener } from './subscriptions/subscription-listener.js'
import type { Undo } from './time/clock.js'
import type { VerbPorts } from './verb-ports.js'

/** The relay looks at fewer messages. `Infinity` has no form in JSON. */
const mostLast = 1_000_000

/** Returns the methods for one broker, which a call may override. */
export function openVerbs(ports: VerbPorts, home: string | undefined): Scope {
  const add = (subject: string, how: SubscribeOptions & SubscriptionListener, serve?: true): Undo => {
    const { broker = home, group, retained, filter, after, last } = how
    const spec = { subject, serve, broker, group, policy: toPolicy(how), retained, filter, after }
    return listen(ports, { ...spec, last: last && Math.min(last, mostLast) }, how)
  }

  function subscribe(pattern: string, handler: (message: Message) => unknown, options?: SubscribeOptions): Undo
  function subscribe(pattern: string, options?: SubscribeOptions): Subscription
  function subscribe(
    pattern: string,
    how?: SubscribeOptions | ((message: Message) => unknown),
    more?: SubscribeOptions,
  ): Undo | Subscription {
    checkSubject(pattern, isPattern)
    if (typeof how === 'function') return add(pattern, { ...more, onMessage: how })
    return toSubscription((listener) => add(pattern, { ...how, ...listener }), how ?? {}, ports.link)
  }

  return {
    [scopePorts]: { ports, home },
    subscribe,
    publish: (subject, data, options = {}) =>
      openPublication((report) => {
        const { broker = home, headers, responseSubject: response_subject, wildcard, key } = options
        checkSubject(subject, wildcard ? isPattern : isSubject)
        const content = { ...toContent(data, headers), broker, response_subject, wildcard }
        return ports.publish({ kind: 'Publish', subject, ...content, key: key === true ? newKey() : key }, report)
      }),
    async request(subject, data, { broker = home, headers, ...waiting } = {}) {
      checkSubject(subject, isSubject)
      return sendRequest(ports, { kind: 'Request', subject, ...toContent(data, headers), broker }, waiting)
    },
    serve(subject, handler, options) {
      checkSubject(subject, isSubject)
      const onMessage = async (message: Message): Promise<void> => {
        const { answerRequest } = await import('./lazy.js')
        return answerRequest(message, handler as Handler, ports.report)
      }
      return add(subject, { ...options, onMessage }, true)
    },
    async can(action, subject, { broker = home, onWhy } = {}) {
      checkSubject(subject, isPattern)
      return new Promise((resolve, reject) => {
        ports.post(
          { kind: 'CanI', action, subject, broker },
          {
            answer(frame) {
              const { allowed = false, why } = frame as AckFrame
              if (why !== undefined) ports.call(onWhy, why)
              resolve(allowed)
            },
            fail: reject,
          },
        )
      })
    },
  }
}

/** @throws {WildcastError} `invalid_subject` */
export function checkSubject(subject: string, isValid: (text: string) => boolean): void {
  if (isValid(subject)) return
  const rule = isValid === isSubject ? 'subject: no wildcards' : 'pattern: wildcards alone'
  throw new WildcastError('invalid_subject', `${JSON.stringify(subject)} isn't a ${rule}, words joined by "."`)
}
