import { createClient } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import { useValues } from '@wildcast/react/values'
import { memo, useEffect } from 'react'
import { Row } from './row.jsx'
import { tally } from './tally.js'

const client = createClient({ url: '/ws' })

const Value = memo(({ subject, value }) => <Row subject={subject} newest={value.data} />)

/** The values of each subject are numbered from 0: a shown value counts for all before it. */
function tallyOf(values) {
  let got = 0
  for (const { data } of values.values()) got += data.seq + 1
  return got
}

function Table({ topic, rows }) {
  const { values, status } = useValues(`${topic}.*`)
  useEffect(() => {
    if (status === 'synced') tally.ready = rows // of a page without values, too
  }, [status, rows])
  useEffect(() => {
    const got = tallyOf(values)
    if (got === tally.got) return
    tally.firstAt ||= performance.now()
    tally.lastAt = performance.now()
    tally.got = got
  }, [values])
  return [...values].map(([subject, value]) => <Value key={subject} subject={subject} value={value} />)
}

/** One hook for all subjects. */
export function Values({ topic, subjects }) {
  return (
    <WildcastProvider client={client}>
      <Table topic={topic} rows={subjects.length} />
    </WildcastProvider>
  )
}
