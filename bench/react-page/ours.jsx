import { createClient } from '@wildcast/client'
import { stream } from '@wildcast/client/stream'
import { useSubscription, WildcastProvider } from '@wildcast/react'
import { useEffect } from 'react'
import { Row } from './row.jsx'
import { count, tally } from './tally.js'

const variant = new URLSearchParams(location.search).get('variant')
const client = createClient({ url: '/ws', transport: variant === 'stream' ? stream : undefined })

function Price({ subject }) {
  const { last, status } = useSubscription(subject, { onEvent: (message) => count(subject, message.data) })
  useEffect(() => {
    if (status === 'ready') tally.ready++
  }, [status])
  return <Row subject={subject} newest={last?.data} />
}

/** A hook for each subject. */
export function Ours({ subjects }) {
  return (
    <WildcastProvider client={client}>
      {subjects.map((subject) => (
        <Price key={subject} subject={subject} />
      ))}
    </WildcastProvider>
  )
}
