import { onTestFinished } from 'vitest'

/**
 * Ends what a test has started when the test is done; for a whole file, `beforeAll` returns `stop`
 * instead.
 */
export function endsWithTest<Started extends { stop(): unknown } | { close(): unknown }>(started: Started): Started {
  onTestFinished(async () => {
    await ('stop' in started ? started.stop() : started.close())
  })
  return started
}
