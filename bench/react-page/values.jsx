import { createClient } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import { useValues } from '@wildcast/react/values'
import { useEffect } from 'react'
import { tally } from './tally.js'
import { ValueRows } from './value-rows.jsx'

const client = createClient({ url: '/ws' })

function Table({ topic, rows }) {
  const { values, status } = useValues(`${topic}.*`)
  useEffect(() => {
    if (status === 'synced') tally.ready = rows // of a page without values, too
  }, [status, rows])
  return <ValueRows values={values} />
}

/** One hook for all subjects. */
export function Values({ topic, subjects }) {
  return (
    <WildcastProvider client={client}>
      <Table topic={topic} rows={subjects.length} />
    </WildcastProvider>
  )
}
