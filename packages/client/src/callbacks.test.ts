import { runInNewContext } from 'node:vm'
import type { WildcastError } from '@wildcast/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Tested, tested } from './testing/tested.js'

const quiet = (): void => undefined
const refuse = async (): Promise<never> => {
  throw new Error('later')
}
const foreign: () => Promise<never> = runInNewContext('() => Promise.reject("later")')
const unhandled = vi.fn()
/** The process reports an unhandled rejection only after the turn in which it occurs. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  process.on('unhandledRejection', unhandled)
})
afterEach(() => {
  process.off('unhandledRejection', unhandled)
  unhandled.mockClear()
})

describe('a rejected promise is reported with the stage handler', () => {
  test.each<[string, (one: Tested) => unknown]>([
    ['of a handler', async ({ client }) => client.subscribe('a', refuse)],
    ['of onGap', async ({ client }) => client.subscribe('a', quiet, { onGap: refuse })],
    ['of onStatus of a subscription', async ({ client }) => client.subscribe('a', quiet, { onStatus: once(refuse) })],
    ['of onStatus of an iterator', async ({ client }) => client.subscribe('a', { onStatus: once(refuse) })],
    ['of onStatus of the client', async ({ client }) => client.onStatus(once(refuse))],
    ['of onPart', async ({ client }) => client.request('a', 1, { onPart: refuse })],
    ['of onError of a subscription', async ({ client }) => client.subscribe('denied', quiet, { onError: refuse })],
    ['of a handler of another realm', async ({ client }) => client.subscribe('a', foreign)],
  ])('%s', async (_, act) => {
    const one = await tested()
    const { relay, errors, clock } = one
    relay.createClient().serve('a', async function* () {
      yield 1
    })
    relay.refuse('subscribe', 'denied')
    await relay.settled()
    void Promise.resolve(act(one)).catch(quiet)
    await relay.settled()
    await relay.publish('a', 1)
    relay.brokerDown()
    relay.brokerUp() // a gap
    await relay.settled()
    relay.cut()
    await clock.advance(0)
    await turn()
    expect(errors).toContainEqual({ code: 'internal', stage: 'handler', message: 'later' })
    expect(unhandled).not.toHaveBeenCalled()
  })
})

/** Calls `run` only once, so that one callback causes one report. */
function once(run: () => Promise<never>): () => Promise<void> {
  let first = true
  return async () => {
    if (!first) return
    first = false
    await run()
  }
}

describe('onError', () => {
  test.each<[string, (error: WildcastError) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('broken')
      },
    ],
  ])('that %s is written to the console, and the client continues', async (_, onError) => {
    const write = vi.spyOn(console, 'error').mockImplementation(quiet)
    const { client, relay } = await tested({ client: { onError: onError as () => void } })
    const second = vi.fn()
    client.subscribe('a', () => {
      throw new Error('boom')
    })
    client.subscribe('a', second)
    await relay.settled()
    await relay.publish('a', 1)
    await turn()
    expect(second).toHaveBeenCalledOnce()
    expect(write).toHaveBeenCalledOnce()
    expect(write.mock.calls[0]).toContainEqual(expect.objectContaining({ message: 'broken' }))
    expect(unhandled).not.toHaveBeenCalled()
    write.mockRestore()
  })
})

test('a rejected token is reported with the stage token', async () => {
  const { errors } = await tested({ client: { token: refuse } })
  await turn()
  expect(errors).toEqual([{ code: 'internal', stage: 'token', message: 'later' }])
  expect(unhandled).not.toHaveBeenCalled()
})
