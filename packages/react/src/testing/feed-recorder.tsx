import type { SubscriptionFeed } from '@wildcast/client/store'
import { expect } from 'vitest'
import type { Connected } from '../../../client/src/testing/connect.js'
import type { Tested } from '../../../client/src/testing/tested.js'
import { type UseSubscriptionOptions, useSubscription } from '../use-subscription.js'
import { eventually } from './eventually.js'

/** Renders nothing; records the result of the hook at each render. */
export function FeedRecorder(props: {
  readonly pattern: string | null
  readonly options?: UseSubscriptionOptions
  readonly seen: SubscriptionFeed[]
}) {
  props.seen.push(useSubscription(props.pattern, { ...props.options }))
  return null
}

/** Makes the relay deliver a message. */
export function deliver({ relay }: Connected | Tested, message: string, subject = 'good.apple'): void {
  if ('link' in relay) relay.link.send({ kind: 'Message', id: 1, subject, message, broker: 'test' })
  else void relay.publish(subject, message)
}

/** Returns the texts of a feed's messages. */
export const texts = ({ items }: SubscriptionFeed): string[] => items.map((message) => message.text())
/** Returns the result of the hook at its last render. */
export const last = (seen: readonly SubscriptionFeed[]): SubscriptionFeed => seen.at(-1) as SubscriptionFeed
/** Waits until the subscription is confirmed. */
export const ready = (seen: readonly SubscriptionFeed[]): Promise<void> =>
  eventually(() => expect(last(seen).status).toBe('ready'))
