import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { type Served, serving } from '../testing/serving.js'
import { loseSession } from '../testing/tested.js'

/** Asks, and returns the parts, then the last answer or the code of the error. */
async function ask({ other }: Served): Promise<unknown[]> {
  const seen: unknown[] = []
  const answer = other.request('a', 'x', { onPart: ({ data }) => seen.push(data) })
  await answer.then(
    ({ data }) => seen.push(data),
    (error) => seen.push(error.code),
  )
  return seen
}

/** A handler that yields numbers until it is ended. */
function counting(): { readonly handler: () => AsyncGenerator<number>; readonly state: { ended: boolean } } {
  const state = { ended: false }
  return {
    state,
    async *handler() {
      try {
        for (let part = 1; ; part++) yield part
      } finally {
        state.ended = true
      }
    },
  }
}

describe('a generator', () => {
  test('answers in parts, and its return value is the last one', async () => {
    const served = await serving(async function* () {
      yield 1
      yield 2
      return 'done'
    })
    expect(await ask(served)).toEqual([1, 2, 'done'])
  })
  test('that throws ends with the error', async () => {
    const served = await serving(async function* () {
      yield 1
      throw new WildcastError('broker_down', 'gone')
    })
    expect(await ask(served)).toEqual([1, 'broker_down'])
  })
  test('is ended at the next part when no requester awaits it', async () => {
    const { handler, state } = counting()
    const { other, relay, errors } = await serving(handler)
    const abort = new AbortController()
    const parts: unknown[] = []
    const onPart = ({ data }: { readonly data: unknown }): void => {
      parts.push(data)
      if (data === 3) abort.abort(new Error('enough'))
    }
    await expect(other.request('a', null, { onPart, signal: abort.signal })).rejects.toThrow('enough')
    await relay.settled()
    expect(state.ended).toBe(true)
    expect(parts).toEqual([1, 2, 3])
    expect(errors).toEqual([])
  })
  test('is ended when the connection is lost during a part', async () => {
    const { handler, state } = counting()
    const { client, other, relay } = await serving(handler)
    relay.delay(1000, client)
    void other.request('a').catch(() => {})
    await relay.clock.advance(1500) // the first part is on its way
    expect(state.ended).toBe(false)
    relay.delay(0, client)
    await loseSession({ client, relay })
    expect(state.ended).toBe(true)
  })
  test('is ended if an answer is refused', async () => {
    let ended = false
    const served = await serving(
      async function* () {
        try {
          yield 'x'.repeat(1001)
          yield 'never'
        } finally {
          ended = true
        }
      },
      { limits: { payload: 1000 } },
    )
    expect(await ask(served)).toEqual(['too_large'])
    expect(ended).toBe(true)
  })
})
