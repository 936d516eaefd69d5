import { createClient } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import { useLeader, useLock } from '@wildcast/react/locks'
import { usePresence } from '@wildcast/react/presence'
import { useValue } from '@wildcast/react/values'
import { createRoot } from 'react-dom/client'

// The page of locks.spec.ts: a document that one window may edit, and the users who look at it.

const user = new URLSearchParams(location.search).get('user') ?? ''
const client = createClient({ url: '/wildcast/ws', token: user })

/** Each list of users that the page has shown. */
const lists: string[] = []

function Page() {
  const { data: text = '', set } = useValue<string>('doc.text')
  const { held, waiting, holder, request, release } = useLock<string>('doc.lock', { data: user })
  const { isLeader } = useLeader('doc.leader')
  const { members, status } = usePresence('doc', {})
  const list = members.map(({ user, connections }) => `${user} ${connections}`).join(', ')
  if (status === 'synced' && lists.at(-1) !== list) lists.push(list)
  return (
    <>
      <p aria-label="lock" role="status">
        {held ? 'held' : waiting ? 'waiting' : holder ? 'taken' : 'free'}
      </p>
      <p aria-label="leader" role="status">
        {isLeader ? 'leader' : 'follower'}
      </p>
      <p aria-label="users" role="status">
        {list}
      </p>
      <p aria-label="text" role="status">
        {text}
      </p>
      <button onClick={() => void request()} type="button">
        Edit
      </button>
      <button onClick={release} type="button">
        Done
      </button>
      <button onClick={() => void set(`${text}x`)} type="button">
        Write
      </button>
    </>
  )
}

Object.assign(globalThis, { lists })
createRoot(document.body.appendChild(document.createElement('main'))).render(
  <WildcastProvider client={client}>
    <Page />
  </WildcastProvider>,
)
