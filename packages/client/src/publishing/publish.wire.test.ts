// Scripted: codes that this relay does not send.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'

test.each([
  ['with its time to retry', { code: 'broker_down', message: 'down', retry: true, retry_in: 70 }, 70],
  ['with an unknown code unchanged', { code: 'toString', message: '?', retry: false }, undefined],
])('an error of the relay is that of the publish, %s', async (_, error, retryInMs) => {
  const { client, relay } = await connect()
  relay.answer = ({ kind }) => (kind === 'Publish' ? { kind: 'Error', ref: 1, ...error } : undefined)
  const { code, retry } = error
  await expect(client.publish('a')).rejects.toMatchObject({ code, retry, retryInMs })
})
