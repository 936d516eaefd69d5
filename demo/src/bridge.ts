/**
 * The page's one place for the SDK: the client and the hooks that the views use. Other files import
 * types of it only.
 */
import { type Client, createClient } from '@wildcast/client'
import { outbox } from '@wildcast/client/outbox'
import { shareTabs } from '@wildcast/client/tabs'
import { watchConnection, writeDown } from './journal.js'
import { line } from './line.js'

export { useConnection, usePublish, usePublishing, useSubscription, WildcastProvider } from '@wildcast/react'

// With ?share-tabs, the tabs of a browser hold one connection.
const isShared = new URLSearchParams(location.search).has('share-tabs')

/** The page's client. */
export const client: Client = createClient({
  url: '/ws',
  use: [outbox(), line, ...(isShared ? [shareTabs()] : [])],
  onError: writeDown,
})
watchConnection(client)
