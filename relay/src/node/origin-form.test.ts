import { expect, it } from 'vitest'
import { originForm } from './origin-form.js'

it.each([
  ['/ws', '/ws'],
  ['/ws?relay=a', '/ws?relay=a'],
  ['http://x/ws', '/ws'],
  ['HTTPS://x:1/ws?a=http://y/', '/ws?a=http://y/'],
  ['http://x', '/'],
  ['http://x?a=/ws', '/?a=/ws'],
  ['/http://x/ws', '/http://x/ws'],
  ['*', '*'],
])('the origin form of %s is %s', (target, expected) => expect(originForm(target)).toBe(expected))
