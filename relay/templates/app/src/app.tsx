import { useConnection, usePublish, useSubscription } from '@wildcast/react'
import { useState } from 'react'

/** The data of a message from components/hello.js. */
interface Goodbye {
  readonly text: string
}

/** Publishes on `hello.*`, and shows the answers of the component on `goodbye`. */
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
