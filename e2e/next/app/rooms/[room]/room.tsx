'use client'

import { useCan, usePublish } from '@wildcast/react'
import { useHistory } from '@wildcast/react/history'

export function Room({ name }: { readonly name: string }) {
  const subject = `room.${name}.msg`
  const { items, status } = useHistory<string>(subject, { limit: 50 })
  const { allowed } = useCan('publish', subject)
  const send = usePublish<string>(subject)
  return (
    <section aria-label="Messages">
      <p>{status}</p>
      <ul>
        {items.map(({ key, data }) => (
          <li key={key}>{data}</li>
        ))}
      </ul>
      <button disabled={!allowed} onClick={() => send('hello')} type="button">
        Send hello
      </button>
    </section>
  )
}
