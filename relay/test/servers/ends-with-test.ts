import { onTestFinished } from 'vitest'

/** Ends `started` when the test is done. For a whole file, `beforeAll` returns `stop` instead. */
export function endsWithTest<Started extends { stop(): unknown } | { close(): unknown }>(started: Started): Started {
  onTestFinished(async () => {
    await ('stop' in started ? started.stop() : started.close())
  })
  return started
}
