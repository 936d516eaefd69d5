import { useConnection } from '@wildcast/react'
import { createHooks } from '@wildcast/react/contract'
import { useState } from 'react'
import { api } from '../contract.js'

const { usePublish, useSubscription } = createHooks(api)

/** Publishes on `hello.<name>`, and shows the answers of components/hello.js. */
export function App() {
  const { state } = useConnection()
  const feed = useSubscription('greeting.{name}', { keep: 20 })
  const hello = usePublish('hello.{name}')
  const [name, setName] = useState('world')
  const [problem, setProblem] = useState<string>()
  const greet = async () => {
    const publishing = hello({ name }, 'from the browser')
    await publishing.settled
    setProblem(publishing.error?.message)
  }
  return (
    <main>
      <h1>Hello, Wildcast</h1>
      <p role="status">{state}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void greet()
        }}
      >
        <input aria-label="Name" value={name} onChange={(event) => setName(event.target.value)} />
        <button type="submit">Say hello</button>
      </form>
      {problem && <p role="alert">{problem}</p>}
      <ul>
        {feed.items.map((message) => (
          <li key={message.key}>{message.data.text}</li>
        ))}
      </ul>
    </main>
  )
}
