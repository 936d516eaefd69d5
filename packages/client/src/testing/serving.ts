import { type Connected, connect } from './connect.js'
import { settle } from './fake-clock.js'

/** Sends a request on `a`. The text is also part of the subject of the answer. */
export const request = ({ relay }: Connected, text: string): void =>
  relay.link.send({
    kind: 'Message',
    id: 1,
    subject: 'a',
    message: text,
    broker: 'test',
    response_subject: `reply.${text}`,
  })

/** The answers, in order. */
export const answers = ({ relay }: Connected): unknown[] =>
  relay.link
    .all('Publish')
    .map(({ subject, message, more, error }) => [subject, message, error ?? (more ? 'more' : 'last')])

/** Creates a client that serves `a`. */
export async function serving(handler: Parameters<Connected['client']['serve']>[1]): Promise<Connected> {
  const connected = await connect()
  await import('../lazy.js') // as an earlier request does
  connected.client.serve('a', handler)
  await settle()
  return connected
}
