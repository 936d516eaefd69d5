import { describe, expect, it } from 'vitest'
import { allowsHost } from './allows-host.js'

describe('the host that a handshake names', () => {
  const allows = allowsHost({ allowedHosts: ['shop.example', '.dev.example'], host: 'own.example' })

  it.each([
    undefined,
    'localhost',
    'localhost:5173',
    'app.localhost:5173',
    '127.0.0.1:5173',
    '[::1]:5173',
    'shop.example',
    'dev.example:80',
    'a.dev.example',
    'own.example:1',
  ])('may be %s', (host) => {
    expect(allows(host)).toBe(true)
  })

  it.each(['evil.example', 'xdev.example', 'a.shop.example', 'localhost.evil.example', '', '127.0.0.1.evil.example'])(
    'may not be "%s"',
    (host) => {
      expect(allows(host)).toBe(false)
    },
  )

  it('is not checked where Vite does not: with HTTPS, if every host is allowed, and before Vite 6.0.9', () => {
    for (const options of [{ allowedHosts: [], https: {} }, { allowedHosts: true as const }, {}])
      expect(allowsHost(options)('evil.example')).toBe(true)
  })
})
