'use client'

import { useConnection, useSubscription } from '@wildcast/react'

export function News() {
  const { items, status } = useSubscription<string>('news.*', { keep: 20 })
  const connection = useConnection()
  return (
    <section aria-label="News">
      <p>{`${connection.state}, ${status}`}</p>
      <ul>
        {items.map(({ key, params, data }) => (
          <li key={key}>{`${params[0]}: ${data}`}</li>
        ))}
      </ul>
    </section>
  )
}
