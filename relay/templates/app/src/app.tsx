import { useConnection, usePublish, useSubscription } from '@wildcast/react'
import { useState } from 'react'

/** Says hello on `hello.*`, and shows what the component answers on `goodbye`. */
export function App() {
  const { state } = useConnection()
  const feed = useSubscription('goodbye', { keep: 20 })
  const hello = usePublish('hello.*')
  const [name, setName] = useState('world')
  return (
    <main>
      <h1>Hello, Wildcast</h1>
      <p role="status">{state}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          hello([name], 'from the browser')
        }}
      >
        <input aria-label="Name" value={name} onChange={(event) => setName(event.target.value)} />
        <button type="submit">Say hello</button>
      </form>
      <pre>{feed.items.map((message) => (message.data as { text: string }).text).join('\n')}</pre>
    </main>
  )
}
