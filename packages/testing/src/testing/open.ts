import type { Client } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import { createTestRelay } from '../create-test-relay.js'
import type { TestRelay, TestRelayOptions } from '../test-relay.js'

/** Creates a test relay that is closed when the test is done. */
export async function open(options: TestRelayOptions = {}): Promise<TestRelay> {
  const relay = await createTestRelay(options)
  onTestFinished(() => relay.close())
  return relay
}

/** Subscribes, and records the data of messages, gaps and the end of replays. */
export async function listen(relay: TestRelay, client: Client, pattern = 'good.*', options = {}): Promise<unknown[]> {
  const log: unknown[] = []
  client.subscribe(pattern, ({ data }) => log.push(data), {
    ...options,
    onGap: () => log.push('gap'),
    onError: (error) => log.push(error.code),
  })
  await relay.settled()
  return log
}
