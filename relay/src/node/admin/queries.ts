import {
  mergePages,
  type Page,
  type PageRequest,
  type SessionInfo,
  type SubscriptionInfo,
  sessionKey,
  subscriptionKey,
} from '../../core/listing.js'
import type { Relay } from '../../core/relay.js'
import type { Whose } from '../../core/signed-in.js'
import type { Announced, Disconnect, Disconnects } from './disconnects.js'

/** A request of an operator, as plain data that can be sent to another process. */
export type Query =
  | { readonly kind: 'sessions'; readonly page: PageRequest; readonly whose: Whose }
  | { readonly kind: 'subscriptions'; readonly page: PageRequest }
  /** `id` makes it take effect once, whichever way it comes. */
  | ({ readonly kind: 'disconnect' } & Disconnect)

/** The answers to the kinds of queries. */
export interface Answers {
  readonly sessions: Page<SessionInfo>
  readonly subscriptions: Page<SubscriptionInfo>
  /** The number of sessions that were ended. */
  readonly disconnect: number
}

export type Answer = Answers[keyof Answers]

/** Answers a query with what this process has. */
export function answerQuery(query: Query, relay: Relay, disconnects: Disconnects): Answer {
  switch (query.kind) {
    case 'sessions':
      return relay.listSessions(query.page, query.whose)
    case 'subscriptions':
      return relay.listSubscriptions(query.page)
    case 'disconnect':
      return disconnects.end(query)
  }
}

/** Sends a query to every process with a relay. Resolves with the answers of those that answer. */
export type AskAll = (query: Query) => Promise<readonly Answer[]>

/** The operations of an operator on all relays of a command. */
export interface Operations {
  sessions(page: PageRequest, whose: Whose): Promise<Page<SessionInfo>>
  subscriptions(page: PageRequest): Promise<Page<SubscriptionInfo>>
  /**
   * Ends the sessions of a user here, and at every relay that shares a broker. Resolves with their
   * number here, and the brokers by whether they pass it on.
   */
  disconnect(user: string, namespace?: string): Promise<Announced & { readonly ended: number }>
}

export function operations(askAll: AskAll, disconnects: Disconnects): Operations {
  const ask = <Kind extends keyof Answers>(query: Query & { readonly kind: Kind }): Promise<readonly Answers[Kind][]> =>
    askAll(query) as Promise<readonly Answers[Kind][]>
  return {
    async sessions(page, whose) {
      return mergePages(await ask({ kind: 'sessions', page, whose }), sessionKey, page)
    },
    async subscriptions(page) {
      return mergePages(await ask({ kind: 'subscriptions', page }), subscriptionKey, page, (one, other) => ({
        ...one,
        sessions: one.sessions + other.sessions,
      }))
    },
    async disconnect(user, namespace) {
      const one = { user, namespace, id: disconnects.newId() }
      // First, so that the signal, which comes back to this relay, does not take the count.
      const ended = await ask({ kind: 'disconnect', ...one })
      const announced = await disconnects.announce(one)
      return { ended: ended.reduce((sum, one) => sum + one, 0), ...announced }
    },
  }
}
