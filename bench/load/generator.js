// The load generator's process. It receives a job, and reports the begin and the end of a
// measurement, and the result.
import { once } from 'node:events'
import { deliveries } from './deliveries.js'
import { dialects } from './dialects/dialect.js'
import { idle } from './idle.js'
import { requests } from './requests.js'

const kinds = { deliveries, requests, idle }

async function reach(point) {
  process.send({ reached: point })
  await once(process, 'message')
}

process.once('message', async (job) => {
  try {
    const server = { port: job.port, dialect: dialects[job.dialect] }
    process.send({ result: await kinds[job.kind](server, job, reach) })
  } catch (error) {
    process.send({ failure: error.message })
  }
})
process.once('disconnect', () => process.exit())
