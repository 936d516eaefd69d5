import { useConnection, usePublish, useSubscription } from '@wildcast/react'
import { useState } from 'react'

/** What the component in components/hello.js publishes. */
interface Goodbye {
  readonly text: string
}

/** Says hello on `hello.*`, and shows what the component answers on `goodbye`. */
export function App() {
  const { state } = useConnection()
  const feed = useSubscription<Goodbye>('goodbye', { keep: 20 })
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
      <ul>
        {feed.items.map((message) => (
          <li key={message.key}>{message.data.text}</li>
        ))}
      </ul>
    </main>
  )
}
