import { WildcastError } from '@wildcast/protocol'
import type { Confirmations, ConfirmedPublish } from './confirmations.js'
import type { Complaint, Refused } from './news.js'
import type { NatsSubscription } from './subscription.js'

/**
 * Tells a server's complaint to whom it concerns. Nobody else hears of it, and the connection
 * stands.
 */
export function routeServerError(
  complaint: Complaint,
  confirmations: Confirmations,
  subscriptions: Iterable<NatsSubscription>,
): void {
  switch (complaint.kind) {
    case 'refused':
      refuse(complaint, confirmations, subscriptions)
      break
    case 'refused reply':
      confirmations.refuse(({ reply }) => reply !== undefined, forbidden('publish with this reply subject'))
      break
    case 'error':
      // The first of a turn had their place.
      confirmations.refuseLast(({ kind }) => kind === 'subscription', tooMany())
  }
}

function refuse(
  { operation, subject, queue }: Refused,
  confirmations: Confirmations,
  subscriptions: Iterable<NatsSubscription>,
): void {
  const error = forbidden(operation === 'publish' ? `publish to "${subject}"` : `subscribe to "${subject}"`)
  const means = (said: ConfirmedPublish): boolean =>
    said.kind === operation && said.subject === subject && (operation === 'publish' || said.queue === queue)
  if (confirmations.refuse(means, error) || operation === 'publish') return
  // It was granted once: the server has withdrawn it.
  for (const subscription of subscriptions) {
    const { native } = subscription
    if (native.queue !== queue || !native.subjects.includes(subject)) continue
    subscription.revoke(error)
    return
  }
}

function forbidden(what: string): WildcastError {
  return new WildcastError(
    'forbidden',
    `the relay may not ${what} at the NATS server; look at the permissions of its user`,
  )
}

function tooMany(): WildcastError {
  const remedy = 'look at its max_subscriptions, or at the limits of the account'
  return new WildcastError('too_many_subscriptions', `the NATS server takes no more subscriptions; ${remedy}`)
}
