import { type Client, createClient } from '@wildcast/client'
import { outbox } from '@wildcast/client/outbox'
import { shareTabs } from '@wildcast/client/tabs'

// With ?share-tabs, the tabs of a browser hold one connection.
const isShared = new URLSearchParams(location.search).has('share-tabs')

/** The page's client. This file alone creates one; the views use it by the hooks for React. */
export const client: Client = createClient({ url: '/ws', use: isShared ? [outbox(), shareTabs()] : [outbox()] })
