import { runConformanceTests } from '@durable-streams/server-conformance-tests'
import { afterAll, beforeAll, describe, TestRunner } from 'vitest'
import { type StreamsServer, streamsServer } from './streams-server.js'

// docs/gateway.md lists what is not offered, and why.
const notOffered: readonly RegExp[] = [
  /^Fork - /,
  /^Stream Closure$/,
  /^TTL /,
  /^HEAD Metadata Edge Cases$/, // of TTLs
  /^Reserved subscription APIs$/,
  /delete/i,
  /^should ignore unknown query parameters$/,
]

describe('/history passes the suite of Durable Streams', () => {
  const config = { baseUrl: '', longPollTimeoutMs: 500 }
  let server: StreamsServer

  beforeAll(async () => {
    server = await streamsServer(config.longPollTimeoutMs)
    config.baseUrl = server.url
  })
  afterAll(() => server.close())

  runConformanceTests(config)
  leaveOut(notOffered)
})

/** A test, or a suite of them. */
interface Task {
  readonly name: string
  tasks?: Task[]
}

/** Leaves tests of the present suite out. The suite has no option for that. */
function leaveOut(names: readonly RegExp[]): void {
  const isLeft = ({ name }: Task): boolean => !names.some((one) => one.test(name))
  function without<Of extends Task>(task: Of): Of {
    if (task.tasks) task.tasks = task.tasks.filter(isLeft).map(without)
    return task
  }
  const { tasks } = TestRunner.getCurrentSuite()
  tasks.splice(0, tasks.length, ...tasks.filter(isLeft))
  for (const one of tasks) {
    if (one.type !== 'collector') continue
    const { collect } = one
    Object.assign(one, { collect: async (file: Parameters<typeof collect>[0]) => without(await collect(file)) })
  }
}
