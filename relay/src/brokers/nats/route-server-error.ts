import { WildcastError } from '@wildcast/protocol'
import type { Confirmations, ConfirmedCommand } from './confirmations.js'
import { forbiddenByServer } from './forbidden.js'
import type { Refused, ServerError } from './server-event.js'
import type { NatsSubscription } from './subscription.js'

/** Rejects the command that a server's error concerns, and no other. The connection stays open. */
export function routeServerError(
  error: ServerError,
  confirmations: Confirmations,
  subscriptions: Iterable<NatsSubscription>,
): void {
  switch (error.kind) {
    case 'refused':
      refuse(error, confirmations, subscriptions)
      break
    case 'refused reply':
      confirmations.refuse(({ reply }) => reply !== undefined, forbiddenByServer('publish with this reply subject'))
      break
    case 'error':
      // The first ones of the turn were within the limit.
      confirmations.refuseLast(({ kind }) => kind === 'subscription', tooMany())
  }
}

function refuse(
  { operation, subject, queue }: Refused,
  confirmations: Confirmations,
  subscriptions: Iterable<NatsSubscription>,
): void {
  const error = forbiddenByServer(operation === 'publish' ? `publish to "${subject}"` : `subscribe to "${subject}"`)
  const isMatch = (command: ConfirmedCommand): boolean =>
    command.kind === operation && command.subject === subject && (operation === 'publish' || command.queue === queue)
  if (confirmations.refuse(isMatch, error) || operation === 'publish') return
  // No pending command: the server has withdrawn the permission of an open subscription.
  for (const subscription of subscriptions) {
    if (subscription.native.queue !== queue || !subscription.has(subject)) continue
    subscription.revoke(error)
    return
  }
}

function tooMany(): WildcastError {
  const remedy = 'look at its max_subscriptions, or at the limits of the account'
  return new WildcastError('too_many_subscriptions', `the NATS server accepts no more subscriptions; ${remedy}`)
}
