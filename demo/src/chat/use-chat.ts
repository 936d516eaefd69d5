import type { SubscriptionFeed } from '@wildcast/react'
import { useSubscription } from '../bridge.js'
import { usePage } from '../page.js'

/** The messages of all rooms. Hooks with the same arguments share one subscription. */
export function useChat(): SubscriptionFeed {
  const broker = usePage((page) => page.broker)
  return useSubscription('good.*', { keep: 500, broker })
}

/** Keeps the messages of the rooms while another view is open. */
export function ChatMemory() {
  useChat()
  return null
}
