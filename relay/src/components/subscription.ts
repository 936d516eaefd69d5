import { type Pattern, parsePattern, parseSubject } from '@wildcast/protocol'
import type { Interest } from '../core/broker.js'

/** The subscription of a component. */
export type ComponentSubscription =
  | { readonly kind: 'topic'; readonly topic: Pattern }
  | { readonly kind: 'queue'; readonly topic: Pattern; readonly group: string }
  | { readonly kind: 'request'; readonly path: string; readonly method: string }

/** @throws {WildcastError} `invalid_subject` */
export function interestOfComponent(subscription: ComponentSubscription): Interest {
  switch (subscription.kind) {
    case 'topic':
      return { pattern: subscription.topic }
    case 'queue':
      return { pattern: subscription.topic, group: parseSubject(subscription.group) }
    case 'request':
      return { pattern: requestPattern(subscription) }
  }
}

/** `test/x/hello` by POST is `request.*.POST.test.x.hello`, as `/request` publishes it. */
function requestPattern({ path, method }: { readonly path: string; readonly method: string }): Pattern {
  const segments = path
    .replace(/^\//, '')
    .split('/')
    .map((segment) => segment.replaceAll('.', '_DOT_'))
  return parsePattern(['request', '*', method, ...segments].join('.'))
}
