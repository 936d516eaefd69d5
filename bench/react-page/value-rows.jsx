import { memo, useEffect } from 'react'
import { Row } from './row.jsx'
import { tally } from './tally.js'

const Value = memo(({ subject, value }) => <Row subject={subject} newest={value.data} />)

/** The values of each subject are numbered from 0: a shown value counts for all before it. */
function tallyOf(values) {
  let got = 0
  for (const { data } of values.values()) got += data.seq + 1
  return got
}

/** A row for each value. */
export function ValueRows({ values }) {
  useEffect(() => {
    const got = tallyOf(values)
    if (got === tally.got) return
    tally.firstAt ||= performance.now()
    tally.lastAt = performance.now()
    tally.got = got
  }, [values])
  return [...values].map(([subject, value]) => <Value key={subject} subject={subject} value={value} />)
}
