import { createClient, type TokenReason } from '@wildcast/client'
import { useCan, useConnection, usePublish, useSubscription, WildcastProvider } from '@wildcast/react'
import { createRoot } from 'react-dom/client'

// The page of auth.spec.ts: the rooms of a user who signs in as the test decides.

const reasons: TokenReason[] = []
const client = createClient({
  url: '/ws',
  onError: () => {},
  async token({ reason }) {
    reasons.push(reason)
    const response = await fetch(`/token?reason=${reason}`)
    return response.text()
  },
})

function Room({ name }: { readonly name: string }) {
  const { items, status } = useSubscription<string>(`room.${name}`, { keep: Infinity })
  const { allowed } = useCan('publish', `room.${name}`)
  const send = usePublish<string>(`room.${name}`)
  return (
    <section aria-label={name}>
      <p>{status}</p>
      <ul>
        {items.map(({ key, data }) => (
          <li key={key}>{data}</li>
        ))}
      </ul>
      <button disabled={!allowed} onClick={() => send(`message ${items.length + 1}`)} type="button">
        Send
      </button>
    </section>
  )
}

function Page() {
  const connection = useConnection()
  const reason = 'reason' in connection ? connection.reason?.message : undefined
  return (
    <>
      <p role="status">{reason ? `${connection.state}: ${reason}` : connection.state}</p>
      <Room name="ada" />
      <Room name="bob" />
    </>
  )
}

const statuses: string[] = []
client.onStatus(({ state }) => statuses.push(state))
Object.assign(globalThis, { seen: { reasons, statuses } })
createRoot(document.body.appendChild(document.createElement('main'))).render(
  <WildcastProvider client={client}>
    <Page />
  </WildcastProvider>,
)
