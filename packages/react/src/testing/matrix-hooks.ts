import type { Message } from '@wildcast/client'
import { useEffect, useState } from 'react'
import type { Tested } from '../../../client/src/testing/tested.js'
import { useClient } from '../provider.js'
import type { Publishing } from '../publishing.js'
import * as suspense from '../suspense.js'
import { useCan } from '../use-can.js'
import { useConnection } from '../use-connection.js'
import { type HistoryFeed, useHistory } from '../use-history.js'
import { useLeader } from '../use-leader.js'
import { useLock } from '../use-lock.js'
import { useMemberCount } from '../use-member-count.js'
import { useOutbox } from '../use-outbox.js'
import { usePresence } from '../use-presence.js'
import { usePublish } from '../use-publish.js'
import { usePublishing } from '../use-publishing.js'
import { useReduce } from '../use-reduce.js'
import { useRequest } from '../use-request.js'
import { useServe } from '../use-serve.js'
import { useSubscription } from '../use-subscription.js'
import { useValue } from '../use-value.js'
import { useValues } from '../use-values.js'

/** A hook, and the texts of a component that uses it. */
export interface HookRow {
  readonly name: string
  readonly use: () => string
  /** The text of a server render. */
  readonly server: string
  /** The text when the hook has what it shows first. */
  readonly ready: string
  /** Something that another client does then. */
  readonly act?: (connected: Tested) => void
  /** The text after it. */
  readonly later?: string
}

const publishNews = ({ relay }: Tested): void => void relay.publish('news.a', 1)
const writeApple = ({ relay }: Tested): void => void relay.publish('good.apple', 1, { retain: true })

function useReduceText(): string {
  const status = useSubscription('news.*', { keep: 0, select: (feed) => feed.status })
  return `${status} ${useReduce('news.*', (sum, { data }: Message<number>) => sum + data, 0)}`
}

function usePublishText(): string {
  const [publishing, setPublishing] = useState<Publishing>()
  const send = usePublish('a')
  useEffect(() => setPublishing(send('x')), [send])
  return `${usePublishing(publishing)}`
}

function useCallText(): string {
  const { call, data } = useRequest<number[], number>('math.sum')
  useEffect(() => {
    call([1, 2]).catch(() => {})
  }, [call])
  return `${data}`
}

function useLockText(): string {
  const { held, request } = useLock('doc.42')
  useEffect(() => void request(), [request])
  return `${held}`
}

const question = { data: [1, 2] }

const rows: readonly HookRow[] = [
  {
    name: 'useSubscription',
    use: () => useSubscription('news.*', { select: ({ status, last }) => `${status} ${last?.data}` }),
    ...{ server: 'idle undefined', ready: 'ready undefined', act: publishNews, later: 'ready 1' },
  },
  {
    name: 'useReduce',
    use: useReduceText,
    ...{ server: 'idle 0', ready: 'ready 0', act: publishNews, later: 'ready 1' },
  },
  {
    name: 'useValue',
    use: () => useValue('good.apple', { select: ({ data, status }) => `${data} ${status}` }),
    ...{ server: 'undefined loading', ready: 'undefined synced', act: writeApple, later: '1 synced' },
  },
  {
    name: 'useValues',
    use: () => useValues('good.*', { select: ({ values, status }) => `${values.size} ${status}` }),
    ...{ server: '0 loading', ready: '0 synced', act: writeApple, later: '1 synced' },
  },
  { name: 'useHistory', use: () => shownHistory(useHistory('room.1')), server: ' loading', ready: 'old ready' },
  { name: 'usePublish', use: usePublishText, server: 'undefined', ready: 'confirmed' },
  { name: 'useRequest with call', use: useCallText, server: 'undefined', ready: '3' },
  {
    name: 'useRequest with data',
    use: () => `${useRequest('math.sum', question).data}`,
    ...{ server: 'undefined', ready: '3' },
  },
  { name: 'useServe', use: () => useServe('math.product', () => 1).status, server: 'idle', ready: 'ready' },
  {
    name: 'usePresence',
    use: () => usePresence('room.42', 'Ada', { select: ({ members, status }) => `${members.length} ${status}` }),
    ...{ server: '0 loading', ready: '1 synced' },
  },
  {
    name: 'useMemberCount',
    use: () => `${useMemberCount('room.42').count}`,
    ...{ server: 'undefined', ready: '0' },
  },
  { name: 'useLock', use: useLockText, server: 'false', ready: 'true' },
  { name: 'useLeader', use: () => `${useLeader('leader').isLeader}`, server: 'false', ready: 'true' },
  { name: 'useOutbox', use: () => `${useOutbox().pending}`, server: '0', ready: '0' },
  { name: 'useConnection', use: () => useConnection().state, server: 'idle', ready: 'online' },
  { name: 'useCan', use: () => `${useCan('publish', 'a').allowed}`, server: 'undefined', ready: 'true' },
  { name: 'useClient', use: () => typeof useClient().publish, server: 'function', ready: 'function' },
]

/** The hooks that suspend: their boundary shows `waiting`. */
const suspending: readonly HookRow[] = [
  {
    name: 'useSubscription',
    use: () => suspense.useSubscription('news.*', { select: ({ status, last }) => `${status} ${last?.data}` }),
    ...{ ready: 'ready undefined', act: publishNews, later: 'ready 1' },
  },
  {
    name: 'useValue',
    use: () => suspense.useValue('good.apple', { select: ({ data, status }) => `${data} ${status}` }),
    ...{ ready: 'undefined synced', act: writeApple, later: '1 synced' },
  },
  {
    name: 'useValues',
    use: () => suspense.useValues('good.*', { select: ({ values, status }) => `${values.size} ${status}` }),
    ...{ ready: '0 synced', act: writeApple, later: '1 synced' },
  },
  { name: 'useHistory', use: () => shownHistory(suspense.useHistory('room.1')), ready: 'old ready' },
  { name: 'useRequest', use: () => `${suspense.useRequest('math.sum', question).data}`, ready: '3' },
  {
    name: 'usePresence',
    use: () => suspense.usePresence('room.42', 'Ada', { select: ({ members }) => `${members.length}` }),
    ready: '1',
  },
  { name: 'useMemberCount', use: () => `${suspense.useMemberCount('room.42').count}`, ready: '0' },
  { name: 'useCan', use: () => `${suspense.useCan('publish', 'a').allowed}`, ready: 'true' },
].map(({ name, ...row }) => ({ ...row, name: `${name} of the suspense entry`, server: 'waiting' }))

function shownHistory({ items, status }: HistoryFeed): string {
  return `${items.map((message) => message.text())} ${status}`
}

/** All hooks of the package. */
export const hookRows: readonly HookRow[] = [...rows, ...suspending]
