/**
 * The part of the SDK in the first load: the client and the hooks that all views use. `hooks.ts`
 * and `kept.ts` have the rest; other files import only types of the SDK.
 */
import {
  type Client,
  type ClientPart,
  type ContractClient,
  createClient,
  type ReportState,
  type TokenFunction,
} from '@wildcast/client'
import { outbox } from '@wildcast/client/outbox'
import { contract } from '../contract.js'
import { id, useAccount } from './account/account.js'
import { watchConnection, writeDown } from './journal.js'
import { line } from './line.js'

export { WildcastError } from '@wildcast/client'
export { useClient, useConnection, useSubscription, WildcastProvider } from '@wildcast/react'

type PublishListener = (key: string, state: Parameters<ReportState>[0], error?: Error) => void

const publishListeners = new Set<PublishListener>()

/**
 * Calls back at each change of a publish that has a key. That includes publishes of an earlier
 * page, which the outbox sends: they have no promise in this one.
 */
export function onPublishState(listener: PublishListener): void {
  publishListeners.add(listener)
}

/** A client part between the outbox and the connection: it sees every publish that is sent. */
const watch: ClientPart =
  ({ publish }) =>
  (content, report, sentAt) =>
    publish(
      content,
      (state, cause) => {
        const error = cause instanceof Error ? cause : undefined
        for (const notify of publishListeners) if (content.key) notify(content.key, state, error)
        report(state, cause)
      },
      sentAt,
    )

/** Shares a connection, by a part that is loaded on demand: few pages need it. */
const tabs: ClientPart = (ports) => {
  const { reach, publish } = ports
  const own = { load: reach.load.bind(reach) }
  let isLoaded = false
  reach.load = async () => {
    const { shareTabs } = await import('@wildcast/client/tabs')
    if (!isLoaded) shareTabs()({ ...ports, reach: own })
    isLoaded = true
    return own.load()
  }
  return publish
}

/**
 * With ?share-tabs, the tabs of a browser hold one connection. Such a page enters no room: its
 * client would have a connection of its own from then on, since a member leaves with its tab.
 */
export const isShared = new URLSearchParams(location.search).has('share-tabs')

/** By code that only people who have logged in need. */
const token: TokenFunction = async (occasion) => (await import('./account/tokens.js')).nextToken(occasion)

/** The page's client. What does not fit the contract reaches no view, in production neither. */
export const client: ContractClient<typeof contract> = createClient({
  url: '/ws',
  contract,
  check: 'throw',
  token: useAccount.getState().account ? token : `guest-${id}`,
  use: [watch, outbox(), line, ...(isShared ? [tabs] : [])],
  onError: writeDown,
})
watchConnection(client)

/** Opens a client without the contract, as any program can: only the relay checks its data. */
export function openUnchecked(): Client {
  return createClient({ url: '/ws' })
}
