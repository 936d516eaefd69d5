import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { outbox } from './outbox.js'

test('without IndexedDB the client publishes without an outbox and reports that once', async () => {
  const { client, relay, errors } = await connect({ use: [outbox()] })
  expect(errors).toEqual([])
  const publication = client.publish('a', 1)
  expect(publication.key).toBeUndefined()
  expect(publication.state).toBe('sent')
  expect(await publication).toBe('confirmed')
  await client.publish('a', 2)
  expect(relay.link.all('Publish')).toMatchObject([{ message: '1' }, { message: '2' }])
  expect(errors).toMatchObject([{ stage: 'outbox', code: 'unsupported' }])
})

test.each([
  [{ messages: 0 }, RangeError],
  [{ bytes: Number.NaN }, RangeError],
  [{ messages: '5' as never }, TypeError],
])('%o is refused', (options, error) => {
  expect(() => outbox(options)).toThrow(error)
})
