// Not a page of docs/nextjs.md: what a server component may import, and every hook at once.
import { createClient } from '@wildcast/client'
import { history } from '@wildcast/client/history'
import { values } from '@wildcast/client/values'
import { useSubscription } from '@wildcast/react'
import { useHistory } from '@wildcast/react/history'
import { useLock } from '@wildcast/react/locks'
import { usePresence } from '@wildcast/react/presence'
import { useValue } from '@wildcast/react/values'
import { EveryHook } from './every-hook'

const client = createClient({ url: `${process.env.RELAY_URL}/ws` })
const parts = [history(client), values(client)]
const hooks = [useSubscription, useHistory, useLock, usePresence, useValue]

export default function Page() {
  return (
    <main>
      <p>{`on the server: ${[client.status.state, parts.length, ...hooks.map((hook) => typeof hook)].join(' ')}`}</p>
      <EveryHook />
    </main>
  )
}
