import { expect } from 'vitest'
import type { Connected } from '../../../client/src/testing/connect.js'
import type { SubscriptionFeed } from '../feed.js'
import { type UseSubscriptionOptions, useSubscription } from '../use-subscription.js'
import { eventually } from './eventually.js'

/** Renders nothing; records what the hook returns at each render. */
export function Look(props: {
  readonly pattern: string | null
  readonly options?: UseSubscriptionOptions
  readonly seen: SubscriptionFeed[]
}) {
  props.seen.push(useSubscription(props.pattern, { ...props.options }))
  return null
}

/** The relay delivers a message. */
export const say = ({ relay }: Connected, message: string, subject = 'good.apple'): void =>
  relay.link.say({ kind: 'Message', id: 1, subject, message, broker: 'test' })

/** The texts of the messages of a feed. */
export const texts = ({ items }: SubscriptionFeed): string[] => items.map((message) => message.text())
/** What the hook returned at its last render. */
export const last = (seen: readonly SubscriptionFeed[]): SubscriptionFeed => seen.at(-1) as SubscriptionFeed
/** Waits until the subscription is confirmed. */
export const ready = (seen: readonly SubscriptionFeed[]): Promise<void> =>
  eventually(() => expect(last(seen).status).toBe('ready'))
