import { type AckFrame, isPattern, isSubject, WildcastError } from '@wildcast/protocol/client'
import type { RelayLink } from './connection/relay-link.js'
import type { Message } from './messages/message.js'
import { toContent } from './messages/to-content.js'
import { newKey } from './publishing/key.js'
import { openPublication } from './publishing/publication.js'
import type { PublishPorts } from './publishing/publish.js'
import { type RequestPorts, sendRequest } from './requests/request.js'
import type { Handler } from './requests/serve.js'
import type { Scope, SubscribeOptions } from './scope.js'
import { type ListenPorts, listen } from './subscriptions/listen.js'
import { toPolicy } from './subscriptions/policy.js'
import { type Subscription, toSubscription } from './subscriptions/subscription.js'
import type { SubscriptionListener } from './subscriptions/subscription-listener.js'
import type { Undo } from './time/clock.js'

/** The parts of the client that the methods of a scope use. */
export interface VerbPorts extends RequestPorts, ListenPorts, PublishPorts {
  readonly link: RequestPorts['link'] & Pick<RelayLink, 'aliveAt'>
  /** Reports an error of the app to `onError`. */
  report(cause: unknown): void
}

/** Returns the methods for one broker, which a call may override. */
export function openVerbs(ports: VerbPorts, home: string | undefined): Scope {
  const add = (subject: string, how: SubscribeOptions & SubscriptionListener, serve?: true): Undo => {
    const { broker = home, group } = how
    return listen(ports, { subject, serve, broker, group, policy: toPolicy(how) }, how)
  }

  function subscribe(pattern: string, handler: (message: Message) => unknown, options?: SubscribeOptions): Undo
  function subscribe(pattern: string, options?: SubscribeOptions): Subscription
  function subscribe(
    pattern: string,
    how?: SubscribeOptions | ((message: Message) => unknown),
    more?: SubscribeOptions,
  ): Undo | Subscription {
    check(pattern, isPattern)
    if (typeof how === 'function') return add(pattern, { ...more, onMessage: how })
    return toSubscription((listener) => add(pattern, { ...how, ...listener }), how ?? {}, ports.link)
  }

  return {
    subscribe,
    publish: (subject, data, options = {}) =>
      openPublication((report) => {
        const { broker = home, headers, responseSubject: response_subject, wildcard, key } = options
        check(subject, wildcard ? isPattern : isSubject)
        const content = { ...toContent(data, headers), broker, response_subject, wildcard }
        return ports.publish({ kind: 'Publish', subject, ...content, key: key === true ? newKey() : key }, report)
      }),
    async request(subject, data, { broker = home, headers, ...waiting } = {}) {
      check(subject, isSubject)
      return sendRequest(ports, { kind: 'Request', subject, ...toContent(data, headers), broker }, waiting)
    },
    serve(subject, handler, options) {
      check(subject, isSubject)
      const onMessage = async (message: Message): Promise<void> => {
        const { answerRequest } = await import('./lazy.js')
        return answerRequest(message, handler as Handler, ports.report)
      }
      return add(subject, { ...options, onMessage }, true)
    },
    async can(action, subject, { broker = home, onWhy } = {}) {
      check(subject, isPattern)
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
function check(subject: string, isValid: (text: string) => boolean): void {
  if (!isValid(subject))
    throw new WildcastError(
      'invalid_subject',
      `${JSON.stringify(subject)} isn't a subject: join words by ".", wildcards alone`,
    )
}
