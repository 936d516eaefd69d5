import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { isFromPage } from './from-page.js'

describe.each([
  { at: '127.0.0.1', own: '127.0.0.1' },
  { at: '::ffff:127.0.0.1', own: '0.0.0.0' },
  { at: '10.0.0.5', own: '0.0.0.0' },
  { at: 'fd00::5', own: 'relay.internal' },
  { at: '10.0.0.5', own: undefined },
])('a request to $at, configured as $own', ({ at, own }) => {
  const isRefused = (headers: IncomingHttpHeaders): boolean =>
    isFromPage({ headers, socket: { localAddress: at } }, own)
  const isLocal = at.includes('127')

  it.each(['localhost', 'LOCALHOST:3016', '127.0.0.1:3016', '[::1]:3016', 'relay.localhost'])(
    'with the host %s is accepted',
    (host) => {
      expect(isRefused({ host })).toBe(false)
    },
  )

  it.each([
    'evil.example',
    'evil.example:3016',
    'localhost.evil.example',
    '10.0.0.5.evil.example',
    'evil.example.',
    '10.0.0.5.',
    '[fd00::5].evil.example',
    'evil.example:',
  ])('with the host %s is refused', (host) => {
    expect(isRefused({ host })).toBe(true)
  })

  it.each(['0.0.0.0', '10.0.0.5', '10.0.0.5:3016', '[fd00::5]:3016', 'relay', 'relay:3016'])(
    'with the host %s is accepted, other than on this machine',
    (host) => {
      expect(isRefused({ host })).toBe(isLocal)
    },
  )

  it('with the configured name is accepted', () => {
    expect(isRefused({ host: 'Relay.internal:3016' })).toBe(own !== 'relay.internal')
  })

  it.each([{ origin: 'null' }, { 'sec-fetch-site': 'same-origin' }])('of a page is refused: %j', (headers) => {
    expect(isRefused({ host: 'localhost', ...headers })).toBe(true)
  })
})
