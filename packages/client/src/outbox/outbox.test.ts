import { expect, test, vi } from 'vitest'
import { tested } from '../testing/tested.js'
import { outbox } from './outbox.js'
import { watchOutbox } from './watch-outbox.js'

test('without IndexedDB the client publishes without an outbox and reports that once', async () => {
  const { client, relay, errors } = await tested({ client: { use: [outbox()] } })
  expect(errors).toEqual([])
  const publication = client.publish('a', 1)
  expect(publication.key).toBeUndefined()
  expect(publication.state).toBe('sent')
  expect(await publication).toBe('confirmed')
  await client.publish('a', 2)
  expect(relay.frames('Publish')).toMatchObject([{ message: '1' }, { message: '2' }])
  expect(errors).toMatchObject([{ stage: 'outbox', code: 'unsupported' }])
})

test('without IndexedDB no messages are kept, with the reason', async () => {
  const { client, relay } = await tested({ client: { use: [outbox()] } })
  const view = watchOutbox(client)
  const changed = vi.fn()
  view.onChange(changed)
  await relay.settled()
  expect(changed).toHaveBeenCalledOnce()
  expect(view).toMatchObject({ messages: [], error: { code: 'unsupported' } })
  await expect(view.discardAll()).rejects.toMatchObject({ code: 'unsupported' })
})

test('a client without an outbox keeps no messages', async () => {
  const { client, relay } = await tested()
  const view = watchOutbox(client)
  void client.publish('a')
  await relay.settled()
  expect(view).toMatchObject({ messages: [], error: undefined })
  expect([await view.discard('a'), await view.discardAll()]).toEqual([0, 0])
  view.stop()
})

test.each([
  [{ messages: 0 }, RangeError],
  [{ bytes: Number.NaN }, RangeError],
  [{ messages: '5' as never }, TypeError],
])('%o is refused', (options, error) => {
  expect(() => outbox(options)).toThrow(error)
})
