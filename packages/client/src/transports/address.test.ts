import { describe, expect, test } from 'vitest'
import { toWebSocketUrl } from './address.js'

const page = 'https://shop.test/app/index.html?q#top'

test.each([
  ['ws://relay.test:3015', undefined, 'ws://relay.test:3015/ws'],
  ['wss://relay.test/', undefined, 'wss://relay.test/ws'],
  ['http://relay.test', undefined, 'ws://relay.test/ws'],
  ['https://relay.test/edge/ws?x=1', undefined, 'wss://relay.test/edge/ws?x=1'],
  ['/ws', page, 'wss://shop.test/ws'],
  ['/ws', 'http://localhost:3015/', 'ws://localhost:3015/ws'],
  ['relay', page, 'wss://shop.test/app/relay'],
  ['//relay.test', page, 'wss://relay.test/ws'],
  ['ws://relay.test', page, 'ws://relay.test/ws'],
  ['/ws', undefined, undefined],
])('%s on %s means %s', (url, on, meant) => {
  expect(toWebSocketUrl(url, on)).toBe(meant)
})

describe('throws a TypeError for', () => {
  test.each(['localhost:3015', 'ftp://relay.test', 'ws://', 'http://a b'])('%s', (url) => {
    expect(() => toWebSocketUrl(url, page)).toThrow(TypeError)
  })
})
